import Foundation
import Glibc

/// A process that a test started. What it still does when the test is over ends then.
///
/// One socket is its standard input and output; standard error goes to a file, which never makes it wait.
final class Program {
    let pid: pid_t
    private let socket: Int32
    private var received: [UInt8] = []
    private var exitCode: Int32?

    /// - Parameters:
    ///   - path: of the executable.
    ///   - errors: the file that standard error is appended to.
    init(_ path: String, _ arguments: [String] = [], errors: String, environment: [String] = []) throws {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Unexpected.failed("socketpair") }
        socket = ends[0]
        defer { close(ends[1]) }
        let spawned = Program.spawn([path] + arguments, environment, ends[1], errors)
        guard spawned.code == 0 else {
            close(ends[0])
            throw Unexpected("\(path) does not start: error \(spawned.code)")
        }
        pid = spawned.pid
    }

    deinit {
        if exitCode == nil {
            kill(pid, SIGKILL)
            _ = waitpid(pid, nil, 0)
        }
        close(socket)
    }

    private static func spawn(_ words: [String], _ environment: [String], _ socket: Int32, _ errors: String)
        -> (code: Int32, pid: pid_t)
    {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // A program inherits the signals that are ignored here, and those that a test's thread blocks: all.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        _ = keepInheritedFiles
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var variables = unsafe (inherited + environment).map { unsafe strdup($0) } + [nil]
        defer {
            unsafe arguments.forEach { unsafe free($0) }
            unsafe variables.forEach { unsafe free($0) }
        }
        var pid = pid_t()
        let code = unsafe posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &variables)
        return (code, pid)
    }

    /// What whoever runs the tests left open is not handed on: it would count against a program's limit.
    private static let keepInheritedFiles: Void = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > 2 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }()

    private static let inherited = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }

    // MARK: What is said

    /// A line to its standard input.
    func write(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        guard unsafe send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Unexpected.failed("send")
        }
    }

    /// Its standard input ends.
    func endInput() { shutdown(socket, Int32(SHUT_WR)) }

    /// The next line of its standard output; nil when there are no more.
    func readLine(_ deadline: Deadline = Deadline()) throws -> String? {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received.removeSubrange(...end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            guard try fill(deadline) else { return nil }
        }
    }

    /// False: its output has ended.
    private func fill(_ deadline: Deadline) throws -> Bool {
        guard deadline.wait(for: socket) else {
            throw Unexpected(
                "process \(pid) says nothing; so far: \(String(decoding: received, as: UTF8.self))"
            )
        }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }

    // MARK: Its end

    /// Its exit code, or 128 and the signal that ended it; and the rest of its output.
    func waitForEnd(_ deadline: Deadline = Deadline()) throws -> (code: Int32, output: String) {
        while try fill(deadline) {}
        return (reap(), String(decoding: received, as: UTF8.self))
    }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ signal: Int32, _ deadline: Deadline = Deadline()) throws -> Int32 {
        kill(pid, signal)
        return try waitForEnd(deadline).code
    }

    private func reap() -> Int32 {
        if let exitCode { return exitCode }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        let code = signal == 0 ? status >> 8 & 0xff : 128 + signal
        exitCode = code
        return code
    }

    /// Whether it has ended; what it said is kept.
    func hasEnded(within deadline: Deadline) throws -> Bool {
        guard deadline.wait(for: socket) else { return false }
        return try !fill(deadline)
    }

    /// For a poll together with others.
    var descriptor: Int32 { socket }
}
