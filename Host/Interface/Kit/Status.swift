import PatchbayABI

/// What the host answered to a call.
public enum Status: Int32, Sendable {
    /// It was done.
    case done = 0
    /// The connection or call has ended.
    case gone = -1
    /// Over a limit: the peer reads too slowly, or there are too many.
    case full = -2
    /// Not allowed here: the wrong moment, or somebody else's.
    case denied = -3
    /// The arguments make no sense, or what should end is not there.
    case invalid = -4
    /// This host does not offer it.
    case unavailable = -5
    /// It was tried and did not work.
    case failed = -6
    /// It is there already.
    case exists = -7

    /// 0 and more are a success; what a later host may add counts as a failure.
    init(_ answer: Int32) {
        self = answer >= 0 ? .done : Status(rawValue: answer) ?? .failed
    }
}
