import Foundation
import JSON

/// A running server with a configuration of the test's own. It ends with the test.
final class LiveServer {
    let patchbay: Patchbay
    private(set) var program: Program
    /// Where it listens, in the order of the configuration.
    private(set) var addresses: [LiveAddress] = []
    private var log: String
    private let endpoints: Int

    /// Starts the server and waits until it has said where it listens.
    ///
    /// - Parameters:
    ///   - configuration: all its ports are 0; the state folder is added.
    ///   - limit: of open files.
    ///   - prepare: puts into the folder what the configuration names.
    init(
        _ configuration: String = LiveServer.echo,
        limit: Int? = nil,
        prepare: (TemporaryFolder) throws -> Void = { _ in }
    ) throws {
        patchbay = try Patchbay("state FOLDER/state;\n" + configuration)
        try prepare(patchbay.folder)
        endpoints = LiveServer.endpoints(configuration)
        (program, log) = try patchbay.begin(["run", "-c", patchbay.file], limit: limit)
        try readAddresses()
    }

    /// The echo plugin: `/echo` answers, `/room` tells everybody.
    static let echo = """
        listen web { address 127.0.0.1:0; }
        service echo {
            plugin EchoC;
            limit connections_per_address none;
            websocket web /echo;
            websocket web /room room;
        }
        """

    /// How many addresses it will say: one for each path, and one for each stream.
    private static func endpoints(_ configuration: String) -> Int {
        configuration.split { ";{}".contains($0) }.reduce(0) { count, directive in
            let words = directive.split(whereSeparator: \.isWhitespace)
            switch words.first {
            case "websocket", "http", "sockjs": return count + words.count { $0.hasPrefix("/") }
            case "stream": return count + 1
            default: return count
            }
        }
    }

    private func readAddresses() throws {
        addresses = []
        while addresses.count < endpoints {
            guard let line = try program.readLine() else {
                throw Unexpected("the server does not start: \(errors)")
            }
            guard let address = line.split(separator: " ").last.flatMap({ LiveAddress(String($0)) }) else {
                throw Unexpected("not an address: \(line)")
            }
            addresses.append(address)
        }
    }

    /// The endpoint at `path`.
    func address(_ path: String) throws -> LiveAddress {
        guard let address = addresses.first(where: { $0.path == path }) else {
            throw Unexpected("nothing is served at \(path)")
        }
        return address
    }

    /// What it wrote to standard error.
    var errors: String { patchbay.folder.text(log) }

    func command(_ words: String..., input: String? = nil) throws -> Patchbay.Outcome {
        let (program, errors) = try patchbay.begin(words + ["-c", patchbay.file])
        if let input { try program.write(input) }
        return try patchbay.finish(program, errors)
    }

    /// What `status --json` says.
    func status() throws -> [String: Any] {
        let outcome = try command("status", "--json")
        guard outcome.code == 0 else { throw Unexpected(outcome.errors + errors) }
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return object as? [String: Any] ?? [:]
    }

    /// Waits until `status` shows so many connections in all.
    func waitForConnections(_ count: Int, _ deadline: Deadline = Deadline()) throws {
        var found: Int?
        repeat {
            found = try status()["connections"] as? Int
            if found == count { return }
        } while !deadline.hasPassed
        throw Unexpected("\(found ?? -1) connections, expected \(count)")
    }

    /// What the process's folder in /proc says it has open.
    func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(program.pid)/fd").count
    }

    /// Resident memory in KiB.
    func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(program.pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.split(separator: " ").dropLast().last ?? "") } ?? 0
    }

    /// Ends it without any warning.
    func crash() throws { try program.end(SIGKILL) }

    /// Starts it again on the same state, and on the port that it had first.
    func restart() throws {
        let text = patchbay.folder.text("plugins.conf")
        if let port = addresses.first?.port {
            let address = "address 127.0.0.1:\(port);"
            try patchbay.write(text.replacing("address 127.0.0.1:0;", with: address, maxReplacements: 1))
        }
        try runAgain()
    }

    /// Starts it again on the same state, with another configuration.
    func restart(as configuration: String) throws {
        try patchbay.write("state FOLDER/state;\n" + configuration)
        try runAgain()
    }

    private func runAgain() throws {
        (program, log) = try patchbay.begin(["run", "-c", patchbay.file])
        try readAddresses()
    }

    /// Ends it in good order; its exit code.
    func end(_ signal: Int32 = SIGTERM) throws -> Int32 { try program.end(signal) }
}

/// `ws://127.0.0.1:40123/echo`, or `ws+unix:/run/echo.sock:/echo`
struct LiveAddress: Equatable, CustomStringConvertible {
    let description: String
    let port: UInt16  // 0: of a Unix socket
    let path: String  // empty: of a stream

    init?(_ text: String) {
        description = text
        guard let mark = text.firstRange(of: "://") else {
            let parts = text.split(separator: ":", maxSplits: 2)
            guard parts.count > 1, parts[0].hasSuffix("+unix") else { return nil }
            port = 0
            path = parts.count == 3 ? String(parts[2]) : ""
            return
        }
        let place = text[mark.upperBound...].prefix { $0 != "/" }
        guard let colon = place.lastIndex(of: ":"), let port = UInt16(place[place.index(after: colon)...])
        else { return nil }
        self.port = port
        path = String(text[place.endIndex...])
    }
}
