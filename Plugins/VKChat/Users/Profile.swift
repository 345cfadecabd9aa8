import JSON
import PatchbayKit

/// What a user says of himself. What was never given is nil.
struct Profile {
    var firstName: [UInt8]?
    var lastName: [UInt8]?
    var birth: [UInt8]?
    var age: Int64?
    var sex: [UInt8]?
    var city: [UInt8]?
    var photo: [UInt8]?
    var status: [UInt8]?

    init(_ arguments: Arguments) throws(Failure) {
        try self.init(asFilter: arguments)
        photo = try arguments.textIfGiven("photo")
        status = try arguments.textIfGiven("status")
    }

    /// What users are looked for by; photo and status are none of it.
    init(asFilter arguments: Arguments) throws(Failure) {
        firstName = try arguments.textIfGiven("first_name")
        lastName = try arguments.textIfGiven("last_name")
        birth = try arguments.textIfGiven("D_birth")
        age = try arguments.quantityIfGiven("age")
        sex = try arguments.textIfGiven("sex")
        city = try arguments.textIfGiven("city")
    }
}

/// A date of birth, as far as it is one.
struct Birthday {
    let year: Int
    let month: Int
    let day: Int

    /// `YYYY-MM-DD` or `DD.MM.YYYY`; nil: it is written otherwise, or there is no such day.
    init?(_ text: Span<UInt8>) {
        guard text.count == 10 else { return nil }
        var parts: (Int?, Int?, Int?)
        if text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") {
            parts = (Self.number(text, 0..<4), Self.number(text, 5..<7), Self.number(text, 8..<10))
        } else if text[2] == UInt8(ascii: "."), text[5] == UInt8(ascii: ".") {
            parts = (Self.number(text, 6..<10), Self.number(text, 3..<5), Self.number(text, 0..<2))
        } else {
            return nil
        }
        guard case (let year?, let month?, let day?) = parts, (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The age in whole years; nil: the day is yet to come.
    func age(on today: LocalTime) -> Int64? {
        let hasBeen = (today.month, today.day) >= (month, day)
        let age = today.year - year - (hasBeen ? 0 : 1)
        return age >= 0 ? Int64(age) : nil
    }

    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var number = 0
        for index in range {
            guard text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        return number
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
