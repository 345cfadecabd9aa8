import PatchbayABI

/// One `option` of plugins.conf, checked by the host before the service is created.
public struct Option: Sendable {
    let name: String
    let kind: UInt32
    let meaning: String
    var initial: String?
    var isRequired = false
    var bounds: ClosedRange<Int64>?
    var choices: [String] = []

    private init(_ name: String, _ kind: pb_option_kind, _ initial: String?, _ meaning: String) {
        self.name = name
        self.kind = kind.rawValue
        self.initial = initial
        self.meaning = meaning
    }

    /// Any text. Nil: no default.
    public static func text(_ name: String, initial: String? = nil, meaning: String) -> Option {
        Option(name, PB_OPTION_TEXT, initial, meaning)
    }

    /// A whole number.
    public static func integer(
        _ name: String,
        initial: Int64? = nil,
        in bounds: ClosedRange<Int64>? = nil,
        meaning: String
    ) -> Option {
        Option(name, PB_OPTION_INTEGER, initial.map(String.init), meaning).bounded(by: bounds)
    }

    /// `on` or `off`. Nil: neither, which `options.isGiven` tells apart.
    public static func boolean(_ name: String, initial: Bool? = nil, meaning: String) -> Option {
        Option(name, PB_OPTION_BOOLEAN, initial.map { $0 ? "on" : "off" }, meaning)
    }

    /// A time such as `10s`; its bounds are in milliseconds.
    public static func duration(
        _ name: String,
        initial: String? = nil,
        in bounds: ClosedRange<Int64>? = nil,
        meaning: String
    ) -> Option {
        Option(name, PB_OPTION_DURATION, initial, meaning).bounded(by: bounds)
    }

    /// A size such as `64k`; its bounds are in bytes.
    public static func size(
        _ name: String,
        initial: String? = nil,
        in bounds: ClosedRange<Int64>? = nil,
        meaning: String
    ) -> Option {
        Option(name, PB_OPTION_SIZE, initial, meaning).bounded(by: bounds)
    }

    /// One of `choices`.
    public static func choice(
        _ name: String,
        of choices: [String],
        initial: String? = nil,
        meaning: String
    ) -> Option {
        var option = Option(name, PB_OPTION_CHOICE, initial, meaning)
        option.choices = choices
        return option
    }

    /// The same, which the operator must give.
    public var required: Option {
        var option = self
        option.isRequired = true
        return option
    }

    private func bounded(by bounds: ClosedRange<Int64>?) -> Option {
        var option = self
        option.bounds = bounds
        return option
    }
}
