import Glibc
package import Net

/// What the operator reads: text on a terminal, JSON lines otherwise. One line, one write.
package struct Log: Sendable {
    package typealias Level = Configuration.LogLevel

    private let level: Level
    private let isJSON: Bool
    private let clock: Clock
    private let descriptor: Int32?

    /// To standard error; nil `descriptor` keeps silent.
    package init(level: Level, clock: Clock, descriptor: Int32? = 2) {
        self.level = level
        self.clock = clock
        self.descriptor = descriptor
        isJSON = descriptor.map { isatty($0) == 0 } ?? false
    }

    /// Whether such lines are written: ask before making one that costs.
    package func writes(_ level: Level) -> Bool {
        descriptor != nil && Log.rank(level) <= Log.rank(self.level)
    }

    /// Writes one line with its fields, in the order of their names.
    package func write(_ level: Level, _ text: String, _ fields: [String: String] = [:]) {
        guard let descriptor, writes(level) else { return }
        var line = isJSON ? json(level, text, fields) : plain(level, text, fields)
        line.append(UInt8(ascii: "\n"))
        // A log that cannot be written has nowhere to say so.
        _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
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
