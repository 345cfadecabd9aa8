import JSON
import Wire

/// What a connection is closed with whose time to log in has passed.
struct LoginTimeout: Equatable {
    var code = CloseCode.policyViolation
    var reason = "login timeout"
}

/// How an endpoint's messages are read: where the type stands. A value; `patchbay.h` tells the same.
struct Grammar: Equatable {
    enum Kind: Equatable {
        case raw
        case json(member: [UInt8], payload: [UInt8])  // payload empty: none asked for
        case delimiter(UInt8)
    }

    /// Where a message's type and payload are.
    enum Reading: Equatable {
        case message(type: Range<Int>, payload: Range<Int>)
        case escapedType(payload: Range<Int>)  // the type is in `scratch`, unescaped
        case malformed
    }

    var kind = Kind.raw
    var needsLogin = false  // every type but a login is refused before one
    var maximum = 0  // bytes; 0: the endpoint's limit alone
    var loginTime: Duration?

    func read(_ message: Span<UInt8>, scratch: inout [UInt8]) -> Reading {
        switch kind {
        case .raw:
            .message(type: 0..<0, payload: 0..<message.count)
        case .delimiter(let delimiter):
            Grammar.split(message, at: delimiter)
        case .json(let member, let payload):
            Grammar.readJSON(message, member, payload, &scratch)
        }
    }

    private static func split(_ message: Span<UInt8>, at delimiter: UInt8) -> Reading {
        for index in message.indices where message[index] == delimiter {
            return .message(type: 0..<index, payload: index + 1..<message.count)
        }
        return .message(type: 0..<message.count, payload: message.count..<message.count)
    }

    private static func readJSON(
        _ message: Span<UInt8>,
        _ member: [UInt8],
        _ payload: [UInt8],
        _ scratch: inout [UInt8]
    ) -> Reading {
        guard let envelope = try? JSONEnvelope.read(message, first: member, second: payload),
            case .found(let type) = envelope.first, type.kind == .string
        else { return .malformed }
        var payloadRange = message.count..<message.count
        if !payload.isEmpty {
            guard case .found(let value) = envelope.second, value.kind == .object else { return .malformed }
            payloadRange = value.range
        }
        let inside = type.range.lowerBound + 1..<type.range.upperBound - 1
        for index in inside where message[index] == UInt8(ascii: "\\") {
            scratch.removeAll(keepingCapacity: true)
            _ = type.appendUnescaped(in: message, to: &scratch)
            return .escapedType(payload: payloadRange)
        }
        return .message(type: inside, payload: payloadRange)
    }
}
