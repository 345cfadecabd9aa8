import Net
import Synchronization

/// Looks hosts up on threads of its own, two at most, because that waits for as long as the system likes. Nobody joins them:
/// one that waits for a server of names must not hold up the server's end.
final class Lookups: Sendable {
    typealias Answer = Result<[SocketAddress], HostLookup.Failure>

    struct Host: Hashable, Sendable {
        let name: String
        let port: UInt16
    }

    private struct Contents: Sendable {
        var waiting: [Host] = []
        var running: Set<Host> = []
        var found: [Host: Answer] = [:]
        var isEnding = false
    }

    static let mostThreads = 2

    private let contents = Mutex(Contents())
    private let wakeup: Wakeup

    /// - Parameter wakeup: is rung when something was found, until `end`.
    init(_ wakeup: Wakeup) { self.wakeup = wakeup }

    /// Has a host looked up, unless it is already.
    func begin(_ host: Host) {
        let mayStart = contents.withLock { contents in
            guard !contents.waiting.contains(host), !contents.running.contains(host) else { return false }
            guard contents.running.count < Lookups.mostThreads else {
                contents.waiting.append(host)
                return false
            }
            contents.running.insert(host)
            return true
        }
        guard mayStart else { return }
        do throws(SystemError) {
            try Thread(name: "lookup") { [self] in run(host) }.detach()
        } catch {
            _ = note(host, .failure(HostLookup.Failure("\(error)")))
        }
    }

    /// Hosts for which nobody waits any more are not begun.
    func keep(_ wanted: Set<Host>) { contents.withLock { $0.waiting.removeAll { !wanted.contains($0) } } }

    /// What was found since the last time.
    func take() -> [Host: Answer] {
        contents.withLock { contents in
            defer { contents.found = [:] }
            return contents.found
        }
    }

    func end() {
        contents.withLock { contents in
            contents.isEnding = true
            contents.waiting = []
        }
    }

    private func run(_ first: Host) {
        var next: Host? = first
        while let host = next { next = note(host, HostLookup.addresses(of: host.name, port: host.port)) }
    }

    /// Answers whose turn is next.
    private func note(_ host: Host, _ answer: Answer) -> Host? {
        contents.withLock { contents in
            contents.running.remove(host)
            guard !contents.isEnding else { return nil }
            contents.found[host] = answer
            // Under the lock: after `end` the descriptor is somebody else's.
            wakeup.ring()
            guard !contents.waiting.isEmpty else { return nil }
            let next = contents.waiting.removeFirst()
            contents.running.insert(next)
            return next
        }
    }
}
