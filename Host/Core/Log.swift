import Glibc
package import Net
import Synchronization

/// What the operator reads: text on a terminal, JSON lines otherwise.
///
/// Nobody waits for its reader: while a pipe or a terminal takes nothing, lines are lost, and counted.
package struct Log: Sendable {
    package typealias Level = Configuration.LogLevel

    private let level: Level
    private let isJSON: Bool
    private let clock: Clock
    private let output: LogOutput?

    /// To standard error; nil `descriptor` keeps silent.
    package init(level: Level, clock: Clock, descriptor: Int32? = 2) {
        self.level = level
        self.clock = clock
        output = descriptor.map { LogOutput($0) }
        isJSON = descriptor.map { isatty($0) == 0 } ?? false
    }

    /// Whether such lines are written: ask before making one that costs.
    package func writes(_ level: Level) -> Bool {
        output != nil && Log.rank(level) <= Log.rank(self.level)
    }

    /// Writes one line with its fields, in the order of their names.
    package func write(_ level: Level, _ text: String, _ fields: [String: String] = [:]) {
        guard let output, writes(level) else { return }
        output.write(line(level, text, fields)) { lost in
            line(.warning, "lines of the log were lost: nobody read it", ["lines": "\(lost)"])
        }
    }

    private func line(_ level: Level, _ text: String, _ fields: [String: String]) -> [UInt8] {
        (isJSON ? json(level, text, fields) : plain(level, text, fields)) + [UInt8(ascii: "\n")]
    }

    private static func rank(_ level: Level) -> Int { Level.allCases.firstIndex(of: level) ?? 0 }
}

extension Log {
    private func plain(_ level: Level, _ text: String, _ fields: [String: String]) -> [UInt8] {
        var line = "\(time()) \(level.rawValue) \(text)"
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { line += " \(name)=\(value)" }
        // A peer's bytes must not make a second line.
        let safe = line.unicodeScalars.map { Log.isControl($0) ? " " : Character($0) }
        return Array(String(safe).utf8)
    }

    /// C0, DEL and C1: what a terminal obeys.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    }

    private func json(_ level: Level, _ text: String, _ fields: [String: String]) -> [UInt8] {
        var writer = JSONLine()
        writer.add("time", time())
        writer.add("level", level.rawValue)
        writer.add("message", text)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            writer.add(Log.ownNames.contains(name) ? "\(name)_" : name, value)
        }
        return writer.end()
    }

    /// A plugin may have fields of these names; which of two would count is up to the reader.
    private static let ownNames = ["time", "level", "message"]

    /// `2026-11-21T10:54:00.123Z`
    private func time() -> String {
        let milliseconds = clock.wall / 1_000_000
        var seconds = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        _ = unsafe gmtime_r(&seconds, &parts)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = unsafe [
            digits(Int(parts.tm_year) + 1900, 4), digits(Int(parts.tm_mon) + 1, 2),
            digits(Int(parts.tm_mday), 2),
        ]
        let clock = unsafe [
            digits(Int(parts.tm_hour), 2), digits(Int(parts.tm_min), 2), digits(Int(parts.tm_sec), 2),
        ]
        return
            "\(date.joined(separator: "-"))T\(clock.joined(separator: ":")).\(digits(Int(milliseconds % 1000), 3))Z"
    }
}

/// Where the lines go. Threads take turns.
private final class LogOutput: Sendable {
    /// What a pipe that is ready to be written to takes at once, whatever is in it (PIPE_BUF).
    private static let piece = 4096

    private let descriptor: Int32
    private let lost = Mutex(0)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Writes a line or loses it, after the one that says how many were lost before.
    func write(_ line: [UInt8], notice: (Int) -> [UInt8]) {
        lost.withLock { lost in
            if lost > 0 {
                guard put(notice(lost)) else { return lost += 1 }
                lost = 0
            }
            if !put(line) { lost += 1 }
        }
    }

    /// False: there is no room, now or in the midst of a line longer than a piece.
    private func put(_ line: [UInt8]) -> Bool {
        var rest = line[...]
        while !rest.isEmpty {
            guard hasRoom else { return false }
            let piece = rest.prefix(LogOutput.piece)
            // A log that cannot be written has nowhere to say so.
            let count = unsafe piece.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return true }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private var hasRoom: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLOUT) != 0
    }
}
