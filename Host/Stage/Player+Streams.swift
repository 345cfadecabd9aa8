import Core
import Wire

// Peers on streams, and the bytes that they send and get.
extension Player {
    mutating func connectStream(
        _ who: String,
        _ endpoint: String?,
        from address: String?
    ) throws(Deviation) {
        try makeRoom(for: who)
        let listener = try stream(endpoint)
        let framing = ground.server.services[0].framing(onListener: listener.name) ?? .lines
        let line = try ground.connect(to: listener)
        let isBehindProxy = ground.server.configuration.listeners[listener.number].hasProxyProtocol
        let preface = isBehindProxy ? Self.preface(of: address, port: ground.port(of: line)) : ""
        actors.append(Actor(name: who, peer: StreamPeer(framing, preface: preface), line: line))
        try settle()
    }

    /// The stream of an endpoint; nil: the first.
    private func stream(_ endpoint: String?) throws(Deviation) -> StageListener {
        let names = ground.server.configuration.services[0].endpoints.filter { $0.kind == .stream }.map(
            \.name
        )
        guard !names.isEmpty else {
            throw Deviation(expected: "a stream", found: "none; write at the start: stream ENDPOINT")
        }
        guard let endpoint else { return .stream(0) }
        if let place = names.firstIndex(of: endpoint) { return .stream(place) }
        let found = names.map { $0 ?? "that of the main endpoint" }.joined(separator: ", ")
        throw Deviation(expected: "the stream \(endpoint)", found: found)
    }

    /// What a proxy says of whom it speaks for; nil: nobody.
    private static func preface(of address: String?, port: UInt16) -> String {
        guard let address else { return "PROXY UNKNOWN\r\n" }
        let (family, here) = address.contains(":") ? ("TCP6", "::1") : ("TCP4", "127.0.0.1")
        return "PROXY \(family) \(address) \(here) \(port) 0\r\n"
    }

    /// Each segment has been handled before the next is sent.
    mutating func send(_ who: String, segments: [[UInt8]]) throws(Deviation) {
        for segment in segments {
            try say(who) { peer throws(Deviation) in try peer.sendRaw(segment) }
        }
    }

    mutating func get(_ who: String, raw bytes: [UInt8]) throws(Deviation) {
        let expected = "raw \(TranscriptBytes.text(of: bytes))"
        let found: [UInt8]
        switch try nextMessage(who, .raw, expected) {
        case .bytes(let all):
            // What follows is for the next line.
            guard all.starts(with: bytes) else {
                found = all
                break
            }
            if all.count > bytes.count { try putBack(who, .bytes(Array(all.dropFirst(bytes.count)))) }
            return
        case .frame(_, let whole): found = whole
        case .text, .binary: found = []  // no stream has them
        }
        guard found != bytes else { return }
        throw Deviation(expected: expected, found: "raw \(TranscriptBytes.text(of: found))")
    }
}
