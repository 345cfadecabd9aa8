/// The value of a plugin's option, by the kind that its schema says.
package enum OptionValue: Sendable, Equatable {
    case text(String)  // also for a choice
    case integer(Int64)
    case boolean(Bool)
    case milliseconds(Int64)
    case bytes(Int64)
}
