/// The fields of a head, in order, as ranges of the head's bytes. RFC 9112 §5.
///
/// It owns the bytes of the whole head, request line included: all ranges that a head gives refer to them.
package struct HeadFields: Equatable, Sendable {
    /// Where a field stands: 16 bytes, for a head may have many.
    struct Place: Equatable, Sendable {
        private let nameStart, nameEnd, valueStart, valueEnd: UInt32

        init(name: Range<Int>, value: Range<Int>) {
            nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
            nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
            valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
        }

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// The head as it came, up to and with its empty line.
    package let bytes: [UInt8]
    private let places: [Place]

    init(bytes: [UInt8], places: [Place]) {
        self.bytes = bytes
        self.places = places
    }

    /// How many fields there are.
    package var count: Int { places.count }

    /// The field at `index`, its value without the white space around it.
    package subscript(index: Int) -> (name: Range<Int>, value: Range<Int>) {
        (places[index].name, places[index].value)
    }

    /// The value of the first field of that name, upper and lower case being the same.
    package func first(_ name: String) -> Range<Int>? {
        next(name, after: -1).map { places[$0].value }
    }

    /// The value of the field of that name if there is exactly one.
    package func only(_ name: String) -> Range<Int>? {
        guard let index = next(name, after: -1), next(name, after: index) == nil else { return nil }
        return places[index].value
    }

    /// How many fields of that name there are.
    package func count(of name: String) -> Int {
        var count = 0
        forEach(name) { _ in count += 1 }
        return count
    }

    /// Gives the value of each field of that name to `body`, in order.
    package func forEach(_ name: String, _ body: (Range<Int>) -> Void) {
        var index = -1
        while let found = next(name, after: index) {
            body(places[found].value)
            index = found
        }
    }

    /// Whether a list of tokens, over all fields of that name, has this one, case aside. RFC 9110 §5.6.1.
    package func lists(_ token: String, in name: String) -> Bool {
        var isListed = false
        forEach(name) { value in
            var rest = value
            while let member = bytes.nextMember(of: &rest) {
                isListed = isListed || equals(member, token)
            }
        }
        return isListed
    }

    /// Whether the bytes of the range are this text, upper and lower case being the same.
    package func equals(_ range: Range<Int>, _ text: String) -> Bool {
        bytes.span.equals(range, text.utf8.span)
    }

    /// The bytes of the range as a String; what is not UTF-8 becomes U+FFFD.
    package func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func next(_ name: String, after index: Int) -> Int? {
        let text = name.utf8.span, head = bytes.span
        for index in index + 1..<places.count where head.equals(places[index].name, text) { return index }
        return nil
    }
}
