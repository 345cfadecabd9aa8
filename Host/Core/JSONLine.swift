import JSON

/// A JSON object of strings on one line.
struct JSONLine {
    private var writer = JSONWriter()

    init() { writer.beginObject() }

    mutating func add(_ name: String, _ value: String) {
        writer.key(name)
        writer.string(value)
    }

    mutating func end() -> [UInt8] {
        writer.endObject()
        return writer.bytes
    }
}
