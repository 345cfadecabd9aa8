/// The three kinds of numbers in a configuration: `1000`, `500ms`, `64k`.
enum Quantity {
    case integer  // a whole number
    case duration  // in milliseconds; written with ms, s, m or h
    case size  // in bytes; written plain or with k, m or g, powers of 1024

    enum Problem: Error, Equatable {
        case notNumber
        case noUnit
        case unknownUnit
        case tooLarge
    }

    /// The value of a text: an optional minus, digits, a unit.
    func read(_ text: String) throws(Problem) -> Int64 {
        var digits = Substring(text).utf8
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        let end =
            digits.firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? digits.endIndex
        guard end != digits.startIndex else { throw .notNumber }
        let unit = String(Substring(digits[end...]))
        let factor = try factor(of: unit, isZero: digits[..<end].allSatisfy { $0 == UInt8(ascii: "0") })
        let sign = isNegative ? "-" : ""
        guard let number = Int64(sign + String(Substring(digits[..<end]))) else { throw .tooLarge }
        let (value, isOver) = number.multipliedReportingOverflow(by: factor)
        guard !isOver else { throw .tooLarge }
        return value
    }

    private func factor(of unit: String, isZero: Bool) throws(Problem) -> Int64 {
        if let known = units.first(where: { $0.name == unit }) { return known.factor }
        guard unit.isEmpty else {
            let isUnit = self != .integer && unit.utf8.allSatisfy { $0 > UInt8(ascii: "9") }
            throw isUnit ? .unknownUnit : .notNumber
        }
        guard self != .duration || isZero else { throw .noUnit }
        return 1
    }

    /// From the smallest to the largest.
    private var units: [(name: String, factor: Int64)] {
        switch self {
        case .integer: []
        case .duration: [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
        case .size: [("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30)]
        }
    }

    /// A value as somebody would write it, in the largest unit that leaves no fraction.
    func write(_ value: Int64) -> String {
        let unit = units.last { value != 0 && value % $0.factor == 0 }
        guard let unit else { return self == .duration ? "\(value)s" : "\(value)" }
        return "\(value / unit.factor)\(unit.name)"
    }

    /// Bounds as messages name them: `1 to 64`, `at least 1s`.
    func bounds(_ minimum: Int64?, _ maximum: Int64?) -> String {
        switch (minimum, maximum) {
        case (let minimum?, let maximum?): "\(write(minimum)) to \(write(maximum))"
        case (let minimum?, nil): "at least \(write(minimum))"
        case (nil, let maximum?): "at most \(write(maximum))"
        case (nil, nil): "any"
        }
    }

    /// The error for a word that `read` refused; `subject` is what the number is for.
    func error(_ problem: Problem, in word: ConfigurationWord, for subject: String) -> ConfigurationError {
        let found = word.quoted
        let position = word.position
        switch problem {
        case .notNumber:
            return ConfigurationError(
                .badNumber,
                at: position,
                "\(subject) needs \(noun), not \(found)",
                advice
            )
        case .noUnit:
            return ConfigurationError(.badUnit, at: position, "\(found) for \(subject) has no unit", advice)
        case .unknownUnit:
            let message = "unknown unit in \(found) for \(subject)"
            return ConfigurationError(.badUnit, at: position, message, advice)
        case .tooLarge:
            let message = "\(found) is out of range for \(subject)"
            return ConfigurationError(.outOfRange, at: position, message, "write a smaller number")
        }
    }

    private var noun: String {
        switch self {
        case .integer: "a whole number"
        case .duration: "a duration"
        case .size: "a size"
        }
    }

    private var advice: String {
        switch self {
        case .integer: "write digits only, such as 10"
        case .duration: "write a number with ms, s, m or h, such as 10s"
        case .size: "write bytes, or a number with k, m or g, such as 64k"
        }
    }
}
