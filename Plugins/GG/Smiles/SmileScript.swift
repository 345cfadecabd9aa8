import JSON
import PatchbayKit

/// `global.js`, from which clients know the smiles: JSON in a line of JavaScript.
extension GGService {
    static func registerSmiles(_ setup: Setup<GGService>) {
        setup.onRequest("GET", on: "smiles") { gg, request in
            do throws(StoreError) {
                // `public` makes the host do tags and compression.
                request.respond(
                    200,
                    try gg.smileScript(),
                    contentType: "application/javascript",
                    headers: [("Cache-Control", "public, max-age=60")]
                )
            } catch {
                request.respond(503, "temporary failure")
            }
        }
    }

    /// Kept as written until a smile changes.
    private func smileScript() throws(StoreError) -> [UInt8] {
        if let text = smilesText { return text }
        var writer = JSONWriter()
        try writeSmiles(to: &writer)
        let text = Array("var Global = ".utf8) + Self.scriptSafe(writer.bytes) + Array(";\n".utf8)
        smilesText = text
        return text
    }

    private func writeSmiles(to writer: inout JSONWriter) throws(StoreError) {
        var all = JSONWriter()
        var ofChannels = JSONWriter()
        var channel: [UInt8] = []
        all.beginArray()
        ofChannels.beginObject()
        try smileRecords.forEach { smile, place in
            if place != channel {
                if !channel.isEmpty { ofChannels.endArray() }
                channel = place
                ofChannels.key(utf8: place.span)
                ofChannels.beginArray()
            }
            if place.isEmpty { Self.write(smile, to: &all) } else { Self.write(smile, to: &ofChannels) }
        }
        if !channel.isEmpty { ofChannels.endArray() }
        ofChannels.endObject()
        all.endArray()
        writer.beginObject()
        writer.member("Smiles", raw: all.bytes)
        writer.member("Channel_Smiles", raw: ofChannels.bytes)
        writer.endObject()
    }

    private static func write(_ smile: Smile, to writer: inout JSONWriter) {
        writer.beginObject()
        smile.write(to: &writer)
        writer.endObject()
    }

    /// JSON that means the same in a script of any encoding and inside a page: nothing but ASCII, so neither U+2028
    /// nor U+2029, which end a line of older JavaScript; and no `<`, which could end the script.
    private static func scriptSafe(_ json: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(json.count)
        for unit in String(decoding: json, as: UTF8.self).utf16 {
            if unit < 0x80, unit != 0x3c {
                result.append(UInt8(unit))
            } else {
                result += "\\u".utf8
                for shift in [12, 8, 4, 0] { result.append(digits[Int(unit >> shift & 15)]) }
            }
        }
        return result
    }
}
