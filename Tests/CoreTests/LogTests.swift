import Foundation
import Net
import Testing

@testable import Core

@Suite struct LogTests {
    private let clock = Clock(manualFrom: 1_700_000_000_007_000_000)

    /// What a log writes into a pipe.
    private func lines(_ level: Log.Level, _ body: (Log) -> Void) throws -> String {
        let pipe = Pipe()
        body(Log(level: level, clock: clock, descriptor: pipe.fileHandleForWriting.fileDescriptor))
        try pipe.fileHandleForWriting.close()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What a log writes on a terminal that changes nothing.
    private func onTerminal(_ body: (Log) -> Void) throws -> String {
        let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(master >= 0)
        defer { close(master) }
        var unlocked: Int32 = 0
        let isUnlocked = unsafe ioctl(master, 0x4004_5431, &unlocked) == 0  // TIOCSPTLCK
        try #require(isUnlocked)
        let terminal = ioctl(master, 0x5441, O_RDWR | O_NOCTTY)  // TIOCGPTPEER
        try #require(terminal >= 0)
        defer { close(terminal) }
        var settings = termios()
        unsafe tcgetattr(terminal, &settings)
        unsafe cfmakeraw(&settings)
        unsafe tcsetattr(terminal, TCSANOW, &settings)
        body(Log(level: .info, clock: clock, descriptor: terminal))
        // The terminal hands on what is written to it in its own time.
        var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        try #require(unsafe poll(&ready, 1, 10_000) == 1)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(master, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    @Test func `into a file or pipe a line is a JSON object, its fields in order`() throws {
        let text = try lines(.info) {
            $0.write(.warning, "slow", ["service": "gg", "connection": "7", "b": ""])
        }
        let head = #"{"time":"2023-11-14T22:13:20.007Z","level":"warning","message":"slow""#
        #expect(text == head + #","b":"","connection":"7","service":"gg"}"# + "\n")
    }

    @Test func `whatever a peer sent, a line in JSON stays one line and reads back`() throws {
        let nasty = "a\n{\"level\":\"error\"}\r\u{0}\u{1b}[2J\u{7f}\u{9b}\u{2028}\"\\ é👋"
        let text = try lines(.info) { $0.write(.info, nasty, [nasty: nasty]) }
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 1 && text.hasSuffix("\n"))
        let read = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(read["message"] == nasty && read[nasty] == nasty && read["level"] == "info")
    }

    @Test func `a field with a name of the line's own gets another`() throws {
        let text = try lines(.info) { $0.write(.info, "a", ["message": "b", "time": "c", "level": "d"]) }
        #expect(text.hasSuffix(#""message":"a","level_":"d","message_":"b","time_":"c"}"# + "\n"))
    }

    @Test func `on a terminal a line is text, its fields in order`() throws {
        let text = try onTerminal { $0.write(.error, "no room é👋", ["z": "1", "a": "2"]) }
        #expect(text == "2023-11-14T22:13:20.007Z error no room é👋 a=2 z=1\n")
    }

    @Test(arguments: ["\n", "\r\n", "\t", "\u{0}", "\u{1b}", "\u{7f}", "\u{80}", "\u{9b}", "\u{9f}"])
    func `nothing that a terminal obeys reaches it`(control: String) throws {
        let text = try onTerminal { $0.write(.info, "a\(control)b", ["c\(control)": "d\(control)"]) }
        let blank = String(repeating: " ", count: control.unicodeScalars.count)
        #expect(text == "2023-11-14T22:13:20.007Z info a\(blank)b c\(blank)=d\(blank)\n")
    }

    @Test(arguments: zip(Log.Level.allCases, [1, 2, 3, 4]))
    func `a level writes what is as severe and more`(level: Log.Level, count: Int) throws {
        let text = try lines(level) { log in
            for severity in Log.Level.allCases {
                log.write(severity, severity.rawValue)
                #expect(log.writes(severity) == (Log.Level.allCases.prefix(count).contains(severity)))
            }
        }
        let messages = text.split(separator: "\n").compactMap { $0.split(separator: "\"").last { $0 != "}" } }
        #expect(messages == Log.Level.allCases.prefix(count).map { $0.rawValue[...] })
    }

    @Test func `without a descriptor it is silent, and says so`() {
        let log = Log(level: .debug, clock: clock, descriptor: nil)
        log.write(.error, "unheard")
        #expect(!log.writes(.error))
    }
}
