/// What a plugin is: its name, version, options and tables.
public struct Manifest: Sendable {
    let name: String
    let version: String
    let summary: String
    let stateVersion: UInt32
    let options: [Option]
    let migrations: [String]

    /// A plugin's description.
    ///
    /// - Parameters:
    ///   - name: as in the ELF note, at most 31 bytes.
    ///   - summary: one line.
    ///   - stateVersion: of what `save` gives.
    ///   - options: what `option` takes in plugins.conf.
    ///   - migrations: SQL, numbered from 1; only ever appended to. Without any there is no store.
    public init(
        name: String,
        version: String,
        summary: String = "",
        stateVersion: UInt32 = 0,
        options: [Option] = [],
        migrations: [String] = []
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.stateVersion = stateVersion
        self.options = options
        self.migrations = migrations
    }
}
