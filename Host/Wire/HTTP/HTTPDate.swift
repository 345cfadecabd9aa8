/// The time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`. RFC 9110 §5.6.7.
package enum HTTPDate {
    /// Appends the 29 bytes for `seconds` since 1970 in UTC; years 1 to 9999, others are brought there.
    package static func append(_ seconds: Int, to buffer: inout [UInt8]) {
        let seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let day = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let second = seconds - day * 86400
        let date = civil(day)
        let weekday = ((day + 4) % 7 + 7) % 7
        appendName(weekday, of: "SunMonTueWedThuFriSat", to: &buffer)
        buffer.append(copying: ", ".utf8.span)
        appendDigits(date.day, 2, then: " ", to: &buffer)
        appendName(date.month - 1, of: "JanFebMarAprMayJunJulAugSepOctNovDec", to: &buffer)
        buffer.append(0x20)
        appendDigits(date.year, 4, then: " ", to: &buffer)
        appendDigits(second / 3600, 2, then: ":", to: &buffer)
        appendDigits(second / 60 % 60, 2, then: ":", to: &buffer)
        appendDigits(second % 60, 2, then: " GMT", to: &buffer)
    }

    /// The same as a String.
    static func text(_ seconds: Int) -> String {
        var buffer: [UInt8] = []
        append(seconds, to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Reads a date in any of the three forms that HTTP has had. The weekday is only looked at in the form
    /// that is written today; in a year of two digits, 00 to 69 are 2000 to 2069.
    ///
    /// - Returns: seconds since 1970; nil for what is no date.
    package static func read(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let start = range.lowerBound, end = range.upperBound
        switch range.count {
        case 29:
            guard
                let seconds = read(
                    bytes,
                    day: start + 5,
                    month: start + 8,
                    year: start + 12,
                    time: start + 17
                )
            else { return nil }
            return bytes.isExactly(range, text(seconds).utf8.span) ? seconds : nil
        case 24:
            // Sun Nov  6 08:49:37 1994
            return read(bytes, day: start + 8, month: start + 4, year: start + 20, time: start + 11)
        case 30...33:
            // Sunday, 06-Nov-94 08:49:37 GMT
            guard bytes.isExactly(end - 4..<end, " GMT".utf8.span) else { return nil }
            return read(bytes, day: end - 22, month: end - 19, year: end - 15, digits: 2, time: end - 12)
        default:
            return nil
        }
    }

    /// Reads the parts from where they begin.
    private static func read(
        _ bytes: Span<UInt8>,
        day: Int,
        month: Int,
        year: Int,
        digits: Int = 4,
        time: Int
    ) -> Int? {
        let names = "JanFebMarAprMayJunJulAugSepOctNovDec".utf8.span
        guard
            let number = (0..<12).first(where: {
                bytes.isExactly(month..<month + 3, names.extracting($0 * 3..<$0 * 3 + 3))
            }), let day = self.number(bytes, day..<day + 2, isPadded: true),
            var year = self.number(bytes, year..<year + digits),
            let hour = self.number(bytes, time..<time + 2), hour < 24, bytes[time + 2] == UInt8(ascii: ":"),
            let minute = self.number(bytes, time + 3..<time + 5), minute < 60,
            bytes[time + 5] == UInt8(ascii: ":"),
            let second = self.number(bytes, time + 6..<time + 8), second < 60
        else { return nil }
        if digits == 2 { year += year < 70 ? 2000 : 1900 }
        let days = self.days(year, number + 1, day)
        guard (1...9999).contains(year), civil(days) == (year, number + 1, day) else { return nil }
        return days * 86400 + hour * 3600 + minute * 60 + second
    }

    /// A number of digits only; with `isPadded`, the first may be a space.
    private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>, isPadded: Bool = false) -> Int? {
        var number = 0
        for offset in range where !(isPadded && offset == range.lowerBound && bytes[offset] == 0x20) {
            guard bytes[offset] >= 0x30, bytes[offset] <= 0x39 else { return nil }
            number = number * 10 + Int(bytes[offset] - 0x30)
        }
        return number
    }

    /// The opposite of `civil`, for years from 1 on.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + ofYear - 719_468
    }

    static func appendField(_ seconds: Int, to buffer: inout [UInt8]) {
        buffer.append(copying: "Date: ".utf8.span)
        append(seconds, to: &buffer)
        buffer.append(copying: "\r\n".utf8.span)
    }

    /// The date of a day counted from 1970, in the Gregorian calendar. Years begin in March here, so that
    /// the leap day is the last of its year; 400 of them have 146,097 days.
    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, ofYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func appendName(_ index: Int, of names: String, to buffer: inout [UInt8]) {
        buffer.append(copying: names.utf8.span.extracting(index * 3..<index * 3 + 3))
    }

    private static func appendDigits(_ number: Int, _ width: Int, then end: String, to buffer: inout [UInt8])
    {
        var divisor = width == 4 ? 1000 : 10
        while divisor > 0 {
            buffer.append(UInt8(truncatingIfNeeded: 0x30 + number / divisor % 10))
            divisor /= 10
        }
        buffer.append(copying: end.utf8.span)
    }
}
