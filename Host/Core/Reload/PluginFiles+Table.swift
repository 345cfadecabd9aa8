import Glibc

extension PluginFiles {
    /// Where the configuration has plugins looked for: its plugin_path, or beside the binary, then ../lib/patchbay.
    package init(_ configuration: Configuration, binary: String) {
        let usual = [binary, "\(binary)/../lib/patchbay"]
        self.init(
            directories: configuration.pluginPath.isEmpty ? usual : configuration.pluginPath,
            state: configuration.state
        )
    }

    /// A plugin's table, read from the file where it stands; for what must be known before it is loaded to run.
    func table(of plugin: ServiceConfiguration.Plugin) throws(PluginError) -> PluginTable {
        let path = try path(of: plugin)
        let (_, note) = try check(path)
        return try PluginLibrary(copy: path, original: path, hash: "", note: note).table
    }
}
