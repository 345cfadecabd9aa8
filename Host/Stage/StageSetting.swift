import Core

/// What is played on: one service with its plugin and endpoints, as plugins.conf would have it.
struct StageSetting: Sendable {
    /// The listener's name.
    static let listener = "stage"

    let plugin: String
    let endpoints: [Stage.Endpoint]
    let directives: [String]
    let folder: String

    /// The configuration for a play.
    ///
    /// - Parameter state: the folder for the store and the copies of the plugin.
    func configuration(
        options: [(name: String, value: String)],
        state: String,
        loops: Int
    ) throws(StartError) -> Configuration {
        let text = Array(text(options, state: state, loops: loops).utf8)
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

    private func text(_ options: [(name: String, value: String)], state: String, loops: Int) -> String {
        var lines = [
            "state \(quoted(state));", "loops \(loops);",
            "listen \(StageSetting.listener) { address 127.0.0.1:0; }",
            "service \(service) {", "plugin \(quoted(plugin));",
        ]
        for endpoint in endpoints {
            let place = "\(StageSetting.listener) \(quoted(endpoint.path))"
            lines.append("websocket \(place) \(endpoint.name ?? "");")
        }
        for option in options { lines.append("option \(option.name) \(quoted(option.value));") }
        return (lines + directives + ["}", ""]).joined(separator: "\n")
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
