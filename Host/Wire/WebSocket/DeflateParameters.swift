/// What one permessage-deflate says, offered by a client or answered by a server. RFC 7692 §7.1.
struct DeflateParameters: Equatable, Sendable {
    private(set) var isServerWithoutContext = false
    private(set) var isClientWithoutContext = false
    /// 8 to 15; nil: the parameter is not there.
    private(set) var serverWindowBits: UInt8?
    /// 8 to 15; nil: the parameter has no value, or is not there.
    private(set) var clientWindowBits: UInt8?
    /// Whether client_max_window_bits is there, with or without a value.
    private(set) var namesClientWindow = false

    /// Nil: it is another extension, or has a parameter that is unknown, wrong or there twice. An offer like that
    /// is declined, an answer fails the connection.
    init?(_ member: ExtensionList.Member, of bytes: [UInt8]) {
        guard bytes.span.isExactly(member.name, "permessage-deflate".utf8.span) else { return nil }
        for parameter in member.parameters where !take(parameter, of: bytes) { return nil }
    }

    private mutating func take(_ parameter: ExtensionList.Parameter, of bytes: [UInt8]) -> Bool {
        switch String(decoding: bytes[parameter.name], as: UTF8.self) {
        case "server_no_context_takeover":
            guard !isServerWithoutContext, parameter.value == nil else { return false }
            isServerWithoutContext = true
        case "client_no_context_takeover":
            guard !isClientWithoutContext, parameter.value == nil else { return false }
            isClientWithoutContext = true
        case "server_max_window_bits":
            guard serverWindowBits == nil, let bits = Self.bits(parameter.value) else { return false }
            serverWindowBits = bits
        case "client_max_window_bits":
            guard !namesClientWindow else { return false }
            namesClientWindow = true
            guard parameter.value != nil else { return true }
            clientWindowBits = Self.bits(parameter.value)
            return clientWindowBits != nil
        default:
            return false
        }
        return true
    }

    /// 8 to 15 without a leading zero.
    private static func bits(_ value: [UInt8]?) -> UInt8? {
        guard let value else { return nil }
        switch value.count {
        case 1 where (0x38...0x39).contains(value[0]): return value[0] - 0x30
        case 2 where value[0] == 0x31 && (0x30...0x35).contains(value[1]): return 10 + value[1] - 0x30
        default: return nil
        }
    }
}
