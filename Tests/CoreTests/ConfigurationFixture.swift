import Core

/// Files and an environment in memory, and what reading `plugins.conf` among them brings.
struct ConfigurationFixture {
    private let source: ConfigurationSource

    init(_ main: String, files: [String: String] = [:], environment: [String: String] = [:]) {
        self.init(bytes: Array(main.utf8), files: files, environment: environment)
    }

    init(bytes: [UInt8], files: [String: String] = [:], environment: [String: String] = [:]) {
        let contents = files.mapValues { Array($0.utf8) }.merging(["plugins.conf": bytes]) { $1 }
        source = ConfigurationSource(
            read: { path throws(ConfigurationFileError) in
                guard let content = contents[path] else { throw .missing }
                return content
            },
            list: { path throws(ConfigurationFileError) in
                let directory = path == "." ? "" : path
                let names = contents.keys.filter { $0.hasPrefix(directory) }.map {
                    $0.dropFirst(directory.count)
                }
                guard !names.isEmpty else { throw .missing }
                return names.filter { !$0.contains("/") }.map(String.init) + [".", ".."]
            },
            environment: { environment[$0] }
        )
    }

    func read() throws(ConfigurationErrors) -> Configuration {
        try Configuration.read(path: "plugins.conf", from: source)
    }

    /// The errors as they are printed, one a line; empty when there are none.
    var errors: String {
        do {
            _ = try read()
            return ""
        } catch {
            return error.description
        }
    }
}
