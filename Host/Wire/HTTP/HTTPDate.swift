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
