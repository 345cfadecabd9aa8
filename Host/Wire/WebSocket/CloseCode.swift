/// Why a WebSocket ends, as its close frame says. RFC 6455 §7.4, IANA's WebSocket Close Code registry.
package struct CloseCode: RawRepresentable, Equatable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: UInt16
    /// Any number, also one that may not be sent: see `isSendable`.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: all was said.
    package static let normal = CloseCode(rawValue: 1000)
    /// 1001: the server stops, or the page is left.
    package static let goingAway = CloseCode(rawValue: 1001)
    /// 1002: the peer broke the protocol.
    package static let protocolError = CloseCode(rawValue: 1002)
    /// 1003: text was sent where binary is taken, or the other way round.
    package static let unsupportedData = CloseCode(rawValue: 1003)
    /// 1007: text that is not UTF-8.
    package static let invalidData = CloseCode(rawValue: 1007)
    /// 1008: against the rules of the service.
    package static let policyViolation = CloseCode(rawValue: 1008)
    /// 1009: a message over the limit.
    package static let messageTooBig = CloseCode(rawValue: 1009)
    /// 1011: the server failed.
    package static let internalError = CloseCode(rawValue: 1011)
    /// 1012: the service starts again; connect anew.
    package static let serviceRestart = CloseCode(rawValue: 1012)
    /// 1013: too much at the moment; connect later.
    package static let tryAgainLater = CloseCode(rawValue: 1013)

    /// Whether a close frame may carry it: 1004 to 1006 and 1015 stand for what is never on the wire,
    /// 1016 to 2999 are not assigned.
    package var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
