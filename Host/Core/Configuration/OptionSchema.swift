/// An option that a plugin declares.
package struct OptionSchema: Sendable, Equatable {
    /// How an option's value is written.
    package enum Kind: Sendable, Equatable {
        case text
        case integer
        case boolean  // on or off
        case duration  // with a unit: ms, s, m, h
        case size  // plain bytes or with a unit: k, m, g
        case choice([String])
    }

    package var name: String
    package var kind: Kind
    package var `default`: String?  // as it would be written; nil: none
    package var isRequired: Bool  // must be given when it has no default
    package var minimum: Int64?  // of the number, in milliseconds or bytes; of a text, its Unicode scalars
    package var maximum: Int64?  // likewise
    package var meaning: String  // one sentence

    package init(
        name: String,
        kind: Kind,
        default: String? = nil,
        isRequired: Bool = false,
        minimum: Int64? = nil,
        maximum: Int64? = nil,
        meaning: String
    ) {
        self.name = name
        self.kind = kind
        self.default = `default`
        self.isRequired = isRequired
        self.minimum = minimum
        self.maximum = maximum
        self.meaning = meaning
    }
}
