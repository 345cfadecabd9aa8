extension Collection<UInt8> {
    /// Whether there are decimal digits and nothing else.
    public var isDigits: Bool {
        !isEmpty && allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    }

    /// Each byte as two hexadecimal digits, in lower case.
    public var hexadecimal: [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

extension Int64 {
    /// A number of decimal digits alone, zeros in front allowed; nil for anything else and beyond the range.
    public init?(digits text: some Collection<UInt8>) {
        guard text.isDigits else { return nil }
        self = 0
        for byte in text {
            let (tens, isTooLarge) = multipliedReportingOverflow(by: 10)
            let (sum, isPast) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !isPast else { return nil }
            self = sum
        }
    }
}
