import Foundation
import PatchbayKit
import Testing

@Suite struct LocalTimeTests {
    @Test(arguments: [0, 1, 951_782_400, 1_767_225_599, 1_767_225_600, 4_102_444_800, -1] as [Int64])
    func `a moment is what the calendar of the place says`(seconds: Int64) {
        let time = LocalTime(seconds: seconds)
        let parts = Calendar(identifier: .gregorian).dateComponents(
            [.year, .month, .day, .hour, .minute],
            from: Date(timeIntervalSince1970: TimeInterval(seconds))
        )
        #expect([time.year, time.month, time.day] == [parts.year, parts.month, parts.day])
        #expect([time.hour, time.minute] == [parts.hour, parts.minute])
    }
}
