/// `option NAME VALUE…;` in a service, as written.
package struct OptionEntry: Sendable, Equatable {
    package var name: String
    package var values: [ConfigurationWord]  // at least one from a file
    @Uncompared package var position: SourcePosition  // of the name

    package init(name: String, values: [ConfigurationWord], position: SourcePosition) {
        self.name = name
        self.values = values
        self.position = position
    }
}
