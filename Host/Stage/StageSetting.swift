import Core

/// What is played on: one service with its plugin, and what the transcript sets, as plugins.conf would have it.
struct StageSetting: Sendable {
    let plugin: String
    let folder: String
    let transport: StageTransport

    /// The configuration for a play.
    ///
    /// - Parameters:
    ///   - steps: of the transcript.
    ///   - state: the folder for the store and the copies of the plugin.
    func configuration(
        of steps: [Transcript.Step],
        state: String,
        loops: Int
    ) throws(StartError) -> Configuration {
        let text = Array(text(steps, state: state, loops: loops).utf8)
        let source = ConfigurationSource(
            read: { _ throws(ConfigurationFileError) in text },
            list: { _ throws(ConfigurationFileError) in throw .missing },
            environment: { _ in nil }
        )
        do throws(ConfigurationErrors) {
            return try Configuration.read(path: "plugins.conf", from: source)
        } catch {
            throw StartError(error.list.map(\.description))
        }
    }

    /// Where the service is reached: as the transcript says, or its main endpoint at `/`.
    static func paths(of steps: [Transcript.Step]) -> [(path: String, endpoint: String?)] {
        var paths: [(path: String, endpoint: String?)] = []
        for case .serves(let path, let endpoint) in steps { paths.append((path, endpoint)) }
        return paths.isEmpty ? [("/", nil)] : paths
    }

    private func text(_ steps: [Transcript.Step], state: String, loops: Int) -> String {
        var lines = [
            "state \(quoted(state));", "loops \(loops);",
            "listen \(StageListener.web.name) { address 127.0.0.1:0; \(trust(steps)) }",
        ]
        let streams = steps.compactMap { step in if case .streams(let words) = step { words } else { nil } }
        for place in streams.indices {
            let name = StageListener.stream(place).name
            lines.append("listen \(name) { address 127.0.0.1:0; \(proxy(steps)) }")
        }
        lines += ["service \(service) {", "plugin \(quoted(plugin));"]
        for (place, words) in streams.enumerated() {
            lines.append("stream \(StageListener.stream(place).name) \(words);")
        }
        for (path, endpoint) in StageSetting.paths(of: steps) {
            let kind = transport.isSockJS ? "sockjs" : "websocket"
            let path = quoted(transport.isSockJS ? StageTransport.prefix(of: path) : path)
            lines.append("\(kind) \(StageListener.web.name) \(path) \(endpoint.map(quoted) ?? "");")
        }
        for step in steps {
            switch step {
            case .answers(let path, let endpoint):
                let words = "\(quoted(path)) \(endpoint.map(quoted) ?? "")"
                lines.append("http \(StageListener.web.name) \(words);")
            case .option(let name, let value): lines.append("option \(name) \(quoted(value));")
            case .limit(let text): lines.append("limit \(text);")
            case .backEnds(let text): lines.append("back_ends \(text);")
            default: break
            }
        }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    /// Whoever comes from an address of his own says so as a proxy does, in memory and over sockets.
    private func trust(_ steps: [Transcript.Step]) -> String {
        let isNeeded = steps.contains { step in
            switch step {
            case .connects(_, _, .some, _): true
            case .connects(_, _, nil, let headers): headers.contains(where: \.isForwarded)
            case .requests(_, let request): request.headers.contains(where: \.isForwarded)
            default: false
            }
        }
        return isNeeded ? "trust_forwarded 127.0.0.1;" : ""
    }

    /// The same for streams, which have no word for it but what a proxy says before their first byte.
    private func proxy(_ steps: [Transcript.Step]) -> String {
        let isNeeded = steps.contains { step in
            if case .connectsStream(_, _, .some) = step { true } else { false }
        }
        return isNeeded ? "proxy_protocol on;" : ""
    }

    /// The plugin's name in lower case, which commands and errors say.
    private var service: String {
        let file = plugin.split(separator: "/").last ?? ""
        let name = file.hasPrefix("lib") && file.hasSuffix(".so") ? file.dropFirst(3).dropLast(3) : file
        return name.lowercased()
    }

    private func quoted(_ text: String) -> String {
        let escaped = text.map { "\"\\$".contains($0) ? "\\\($0)" : String($0) }
        return "\"\(escaped.joined())\""
    }
}

extension Transcript.Header {
    fileprivate var isForwarded: Bool { name.lowercased() == "x-forwarded-for" }
}
