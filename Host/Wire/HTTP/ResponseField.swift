/// One line of a response's head.
package struct ResponseField: Equatable, Sendable {
    /// A token, as in RFC 9110 §5.6.2.
    package let name: String
    /// What stands after the colon.
    package let value: String

    /// A line to be written.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the name is this one, upper and lower case being the same.
    func isNamed(_ name: String) -> Bool {
        let own = self.name.utf8.span
        return own.equals(own.indices, name.utf8.span)
    }
}
