/// Which codings of a body the client takes, as far as there are any here. RFC 9110 §12.5.3.
struct AcceptedEncodings: Equatable {
    /// Weights in thousandths; nil is not named.
    private var gzip: Int?
    private var identity: Int?
    private var others: Int?

    /// A member outside the grammar counts as not there.
    init(_ fields: HeadFields) {
        fields.forEach("Accept-Encoding") { value in
            var rest = value
            while let member = fields.bytes.nextMember(of: &rest) { take(fields, member) }
        }
    }

    /// Whether gzip is taken, and no less liked than the bytes as they are.
    var prefersGzip: Bool {
        let weight = gzip ?? others ?? 0
        return weight > 0 && weight >= identity ?? 0
    }

    /// Whether the bytes as they are are taken, which only a weight of 0 denies.
    var takesIdentity: Bool { (identity ?? others) != 0 }

    private mutating func take(_ fields: HeadFields, _ member: Range<Int>) {
        let bytes = fields.bytes.span
        let semicolon = bytes.firstIndex(of: UInt8(ascii: ";"), in: member)
        let coding = bytes.trimmed(member.lowerBound..<(semicolon ?? member.upperBound))
        let parameter = semicolon.map { bytes.trimmed($0 + 1..<member.upperBound) }
        guard let weight = parameter.map({ Self.weight(bytes, $0) }) ?? 1000 else { return }
        // x-gzip is an old name of the same: RFC 9110 §8.4.1.3.
        if fields.equals(coding, "gzip") || fields.equals(coding, "x-gzip") { gzip = weight }
        if fields.equals(coding, "identity") { identity = weight }
        if fields.equals(coding, "*") { others = weight }
    }

    /// `q=` and 0 to 1 with at most three decimals, as thousandths. RFC 9110 §12.4.2.
    private static func weight(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let start = range.lowerBound
        guard (3...7).contains(range.count), bytes.equals(start..<start + 2, "q=".utf8.span),
            range.count == 3 || bytes[start + 3] == UInt8(ascii: ".")
        else { return nil }
        var weight = 0
        for place in [2, 4, 5, 6] {
            let digit = place < range.count ? bytes[start + place] : 0x30
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            weight = weight * 10 + Int(digit - 0x30)
        }
        return weight <= 1000 ? weight : nil
    }
}
