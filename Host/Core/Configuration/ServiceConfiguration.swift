/// `service NAME { … }`: one instance of a plugin.
package struct ServiceConfiguration: Sendable, Equatable {
    /// Which plugin a service runs.
    package enum Plugin: Sendable, Equatable {
        case name(String)  // `GG`: libGG.so in the plugin path
        case file(String)  // a path
    }

    package var name: String  // letters, digits, `-` and `_`
    package var plugin: Plugin
    package var endpoints: [EndpointConfiguration] = []  // at least one
    package var options: [OptionEntry] = []  // for the plugin to check: see OptionValues
    package var settings: ServiceSettings
    @Uncompared package var position: SourcePosition  // of its name
    @Uncompared package var pluginPosition: SourcePosition

    /// A service without endpoints and options.
    package init(
        name: String,
        plugin: Plugin,
        settings: ServiceSettings,
        position: SourcePosition,
        pluginPosition: SourcePosition
    ) {
        self.name = name
        self.plugin = plugin
        self.settings = settings
        self.position = position
        self.pluginPosition = pluginPosition
    }

    /// For messages.
    var title: String { name.isEmpty ? "this service" : "service \(name)" }
}
