import Testing
import Wire

@testable import Core

/// People who claim names, line by line: `anna > claim bot Foo`, `anna < 0`, `wait 5000`, `anna ends`, `reload`. Whoever
/// is named first connects, and is known by the name. What nobody expected by the end is wrong.
final class ClaimPlay {
    let test: TestServer
    private let plugin: FaultPlugin
    private var peers: [String: TestPeer] = [:]
    private var inboxes: [String: [String]] = [:]

    init(_ plugin: FaultPlugin) throws {
        self.plugin = plugin
        test = try TestServer(plugin: plugin)
    }

    func play(_ lines: String, reloading: Bool = false) throws {
        for line in lines.split(separator: "\n").map({ $0.trimmingPrefix { $0 == " " } }) where !line.isEmpty
        {
            try play(line: String(line))
            if reloading { try reload(plugin) }
        }
        collect()
        for (name, inbox) in inboxes where !inbox.isEmpty { Issue.record("\(name) also got \(inbox)") }
    }

    func reload(_ plugin: FaultPlugin) throws { try test.reload(plugin) }

    /// Messages of one batch.
    func send(_ messages: [String], by name: String) throws {
        try sendOnly(messages, by: name)
        test.settle()
    }

    /// The same, before the server has seen them.
    func sendOnly(_ messages: [String], by name: String) throws {
        let peer = try peer(name)
        peer.send(bytes: messages.flatMap { peer.frame(.text, Array($0.utf8)) })
    }

    /// The next that it got.
    func expect(_ text: String, by name: String) throws { try play(line: "\(name) < \(text)") }

    /// Closes its side, which the server has not seen yet.
    func leave(_ name: String) throws { try peer(name).leave() }

    private func play(line: String) throws {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        switch (words[0], words.count > 1 ? words[1] : "") {
        case ("reload", _): try reload(plugin)
        case ("wait", let time): test.pass(milliseconds: Int64(time) ?? 0)
        case (let name, "ends"): try peer(name).leave()
        case (let name, ">"): try peer(name).send(words[2])
        case (let name, "<"):
            collect()
            let next = inboxes[name]?.first
            #expect(next == words[2], "\(line)")
            if next != nil { inboxes[name]?.removeFirst() }
        default: Issue.record("what is \(line)?")
        }
        test.settle()
    }

    private func peer(_ name: String) throws -> TestPeer {
        if let peer = peers[name] { return peer }
        let peer = try test.open()
        peers[name] = peer
        _ = peer.ask("set \(name)")
        return peer
    }

    private func collect() {
        for (name, peer) in peers {
            for seen in peer.seen() {
                switch seen {
                case .text(let text): inboxes[name, default: []].append(text)
                case .close(let code, let reason):
                    inboxes[name, default: []].append("closed \(code) \(reason)")
                default: break
                }
            }
        }
    }
}
