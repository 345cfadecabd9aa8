import PatchbayABI
import Synchronization
import Wire

/// What loops must know of an endpoint before a message can reach its service.
struct EndpointTraits: Sendable {
    var framing: Framing?
    var framer: Framer?
    var maximum: Int?  // bytes of a stream's longest message; nil: the operator's limit
    var subprotocols: [String] = []
    var loginTimeout = LoginTimeout()
    var seesUpgrades = false  // connections open when the plugin says so
}

/// A plugin's own way to divide a stream.
@safe struct Framer: @unchecked Sendable {  // a function that knows nothing but its arguments
    enum Outcome {
        case needMore
        case message(Range<Int>, used: Int)
        case wrong
    }

    let function: pb_framer

    func read(_ bytes: Span<UInt8>) -> Outcome {
        unsafe bytes.withPluginBytes { all in
            var message = unsafe pb_bytes(data: nil, count: 0)
            let used = unsafe function(all, &message)
            guard used > 0 else { return used == 0 ? .needMore : .wrong }
            guard let start = unsafe message.data, let first = unsafe all.data else {
                return used <= bytes.count ? .message(0..<0, used: Int(used)) : .wrong
            }
            let offset = unsafe start - first
            let count = unsafe message.count
            guard used <= bytes.count, offset >= 0, count <= used, offset <= Int(used) - count else {
                return .wrong
            }
            return .message(offset..<offset + count, used: Int(used))
        }
    }
}

extension Service {
    /// [any thread]
    func traits(of binding: Int) -> EndpointTraits {
        traits.withLock { binding < $0.count ? $0[binding] : EndpointTraits() }
    }

    /// Whether some connections open when the plugin says so. [any thread]
    package var seesUpgrades: Bool { traits.withLock { $0.contains(where: \.seesUpgrades) } }

    /// What a generation that takes over says of each binding; what plugins.conf says comes first.
    func setTraits(from generation: Generation) {
        let all = zip(bindings, generation.endpoints).map { binding, endpoint in
            var traits = endpoint.traits
            if let framing = binding.framing { traits.framing = framing }
            traits.seesUpgrades = endpoint.auth != nil
            return traits
        }
        traits.withLock { $0 = all }
    }

    /// What is wrong with a generation for a binding: requests that nobody answers.
    func requestSentence(of generation: Generation) -> String? {
        for (binding, endpoint) in zip(bindings, generation.endpoints) where binding.kind == .http {
            guard endpoint.requests.count == 0 else { continue }
            return "plugin \(generation.plugin.name) answers no plain requests on "
                + (binding.endpoint.map { "endpoint \"\($0)\"" } ?? "its main endpoint")
                + "; take `http \(binding.listener) \(binding.path)` out of the service"
        }
        return nil
    }

    /// What is wrong with a generation's streams: one that nobody says how to divide.
    func framingSentence(of generation: Generation) -> String? {
        for (binding, endpoint) in zip(bindings, generation.endpoints) where binding.kind == .stream {
            let framing = binding.framing ?? endpoint.traits.framing
            if framing == nil {
                return "plugin \(generation.plugin.name) does not say how the stream on listener "
                    + "\(binding.listener) is divided; say it in plugins.conf: "
                    + "`stream \(binding.listener) length 4;` or `lines`"
            }
            if framing == .plugin, endpoint.traits.framer == nil {
                return "plugin \(generation.plugin.name) has no framer of its own for the stream on listener "
                    + "\(binding.listener); say in plugins.conf how it is divided: `length 4` or `lines`"
            }
        }
        return nil
    }
}
