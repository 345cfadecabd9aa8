extension JSONValue {
    /// A number written without fraction and exponent, in range; nil for any other value.
    public func integer(in bytes: Span<UInt8>) -> Int64? {
        guard kind == .number else { return nil }
        let isNegative = bytes[range.lowerBound] == Byte.minus
        var result: Int64 = 0
        for index in (isNegative ? range.dropFirst() : range) {
            guard Byte.isDigit(bytes[index]) else { return nil }
            let digit = Int64(bytes[index] &- Byte.zero)
            let (shifted, isTooLarge) = result.multipliedReportingOverflow(by: 10)
            // Counting down for a negative number reaches Int64.min, which has no positive twin.
            let (sum, isPast) =
                isNegative
                ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            guard !isTooLarge, !isPast else { return nil }
            result = sum
        }
        return result
    }

    /// The number nearest to what is written; nil for any other value and beyond the range of Double.
    public func number(in bytes: Span<UInt8>) -> Double? {
        guard kind == .number else { return nil }
        // A zero may be a negative one, which an integer cannot say.
        if let integer = integer(in: bytes), integer != 0 {
            return Double(integer)
        }
        guard let digits = try? UTF8Span(validating: bytes.extracting(range)),
            let number = Double(String(copying: digits)), number.isFinite
        else { return nil }
        return number
    }

    /// True or false; nil for any other value.
    public func bool(in bytes: Span<UInt8>) -> Bool? {
        kind == .bool ? bytes[range.lowerBound] == Byte.t : nil
    }
}
