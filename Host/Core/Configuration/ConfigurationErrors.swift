/// Everything that is wrong with a configuration: files in the order of reading, then by line and column.
package struct ConfigurationErrors: Error, Sendable, Equatable, CustomStringConvertible {
    package let list: [ConfigurationError]  // never empty when thrown

    package init(_ list: [ConfigurationError]) { self.list = list }

    /// One error a line, without a line end after the last.
    package var description: String { list.map(\.description).joined(separator: "\n") }
}
