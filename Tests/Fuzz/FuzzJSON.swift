import JSON

/// Reads any bytes as JSON; what is accepted must say the same after being walked, written and read again.
func fuzzJSON(_ bytes: Span<UInt8>) {
    guard let root = try? JSONValue.read(bytes) else {
        precondition(
            (try? JSONEnvelope.read(bytes, first: [0x61], second: [])) == nil,
            "envelope accepts more"
        )
        return
    }
    var writer = JSONWriter()
    rewrite(root, of: bytes, with: &writer)
    let written = writer.bytes
    guard let again = try? JSONValue.read(written.span) else {
        preconditionFailure("wrote what it cannot read")
    }
    precondition(again.range == 0..<written.count, "wrote white space")
    precondition(again.kind == root.kind, "wrote another kind")
    writer.removeAll()
    rewrite(again, of: written.span, with: &writer)
    precondition(writer.bytes == written, "two writings differ")
    checkLookups(root, in: bytes)
}

/// Nesting is bounded by the reader, so recursion is too.
private func rewrite(_ value: JSONValue, of bytes: Span<UInt8>, with writer: inout JSONWriter) {
    switch value.kind {
    case .object:
        writer.beginObject()
        value.forEachMember(in: bytes) { name, value in
            writer.key(utf8: unescaped(name, in: bytes).span)
            rewrite(value, of: bytes, with: &writer)
            return true
        }
        writer.endObject()
    case .array:
        writer.beginArray()
        value.forEachElement(in: bytes) { element in
            rewrite(element, of: bytes, with: &writer)
            return true
        }
        writer.endArray()
    case .string: writer.string(utf8: unescaped(value, in: bytes))
    case .number: rewriteNumber(value, of: bytes, with: &writer)
    case .bool: writer.bool(value.bool(in: bytes) == true)
    case .null: writer.null()
    }
}

private func rewriteNumber(_ value: JSONValue, of bytes: Span<UInt8>, with writer: inout JSONWriter) {
    if let integer = value.integer(in: bytes) {
        writer.integer(integer)
    } else if let number = value.number(in: bytes) {
        writer.double(number)
    } else {
        writer.raw(bytes.extracting(value.range))
    }
}

private func unescaped(_ value: JSONValue, in bytes: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    precondition(value.appendUnescaped(in: bytes, to: &text), "a string that is none")
    precondition(value.equals(text, in: bytes), "a string is not equal to itself")
    precondition(value.string(in: bytes).map { Array($0.utf8) } == text, "a string that is not UTF-8")
    return text
}

/// The envelope finds in one pass what reading and looking up finds in two.
private func checkLookups(_ root: JSONValue, in bytes: Span<UInt8>) {
    var names: [[UInt8]] = [[0x61]]
    root.forEachMember(in: bytes) { name, _ in
        names.append(unescaped(name, in: bytes))
        return names.count < 8
    }
    for name in names where !name.isEmpty {
        let envelope = try? JSONEnvelope.read(bytes, first: name, second: [0x61])
        precondition(envelope?.root == root, "envelope reads another root")
        precondition(envelope?.first == root.member(name, in: bytes), "envelope finds another first")
        precondition(envelope?.second == root.member("a", in: bytes), "envelope finds another second")
    }
}
