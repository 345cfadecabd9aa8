import Wire

/// permessage-deflate, as one connection agreed on it. Without contexts it owns nothing: then a loop's connections
/// with the same agreement share it, and the loop's codecs.
final class Compression {
    let agreement: DeflateAgreement
    private var inflater: Inflater?
    private var deflater: Deflater?

    init(_ agreement: DeflateAgreement) { self.agreement = agreement }

    /// Made when the first message comes: many connections never send one that is compressed.
    var ownInflater: Inflater? {
        guard agreement.clientKeepsContext else { return nil }
        if inflater == nil {
            inflater = Inflater(windowBits: agreement.clientWindowBits, keepsContext: true)
        }
        return inflater
    }

    var ownDeflater: Deflater? {
        guard agreement.serverKeepsContext else { return nil }
        if deflater == nil {
            deflater = Deflater(windowBits: agreement.serverWindowBits, keepsContext: true)
        }
        return deflater
    }
}

/// What a loop's connections without contexts share.
struct Codecs {
    private var compressions: [DeflateAgreement: Compression] = [:]
    private var inflater: Inflater?
    private var deflaters: [UInt8: Deflater] = [:]  // by window

    /// For a connection that has agreed on it.
    mutating func compression(_ agreement: DeflateAgreement) -> Compression {
        guard !agreement.serverKeepsContext, !agreement.clientKeepsContext else {
            return Compression(agreement)
        }
        if let shared = compressions[agreement] { return shared }
        let shared = Compression(agreement)
        compressions[agreement] = shared
        return shared
    }

    mutating func inflater(_ compression: Compression) -> Inflater {
        if let own = compression.ownInflater ?? inflater { return own }
        let made = Inflater()
        inflater = made
        return made
    }

    mutating func deflater(_ compression: Compression) -> Deflater {
        if let own = compression.ownDeflater { return own }
        // zlib has no window of 8 bits.
        let bits = max(compression.agreement.serverWindowBits, 9)
        if let shared = deflaters[bits] { return shared }
        let made = Deflater(windowBits: bits)
        deflaters[bits] = made
        return made
    }
}
