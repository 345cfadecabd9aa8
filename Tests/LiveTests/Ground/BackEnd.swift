import Crypto
import Foundation
import JSON

/// A back end of fire: JSON in frames over TCP.
final class BackEnd {
    /// Fire as plugins.conf has it, on ports of its own; `OPTIONS` may be replaced.
    static let configuration = """
        listen web { address 127.0.0.1:0; }
        listen control { address 127.0.0.1:0; }
        service fire {
            plugin Fire;
            websocket web /socket/websocket;
            sockjs web /socket;
            stream control control;
            option key server-key;
            OPTIONS
        }
        """

    static func configuration(_ options: String) -> String {
        configuration.replacing("OPTIONS", with: options)
    }

    let socket: PeerSocket
    private var arrived: [UInt8] = []

    /// - Parameter host: the last byte of the address that it comes from.
    init(_ server: LiveServer, from host: UInt8 = 1, receiveBuffer: Int32? = nil) throws {
        guard let stream = server.addresses.first(where: { $0.path.isEmpty }) else {
            throw Unexpected("there is no stream")
        }
        socket = try PeerSocket(port: stream.port, receiveBuffer: receiveBuffer, from: host)
    }

    static func frame(_ body: String) -> [UInt8] {
        let length = UInt32(body.utf8.count)
        let prefix = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: length >> $0) }
        return prefix + Array(body.utf8) + [0]
    }

    func send(_ body: String) { socket.write(BackEnd.frame(body)) }

    /// The body of the next frame; nil when the service has ended.
    func receive(_ deadline: Deadline = Deadline()) throws -> String? {
        while true {
            if arrived.count >= 4 {
                let length = arrived[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
                if arrived.count >= length + 5 {
                    guard arrived[length + 4] == 0 else { throw Unexpected("a frame without its zero") }
                    defer { arrived.removeFirst(length + 5) }
                    return String(decoding: arrived[4..<length + 4], as: UTF8.self)
                }
            }
            guard let bytes = try socket.read(deadline) else { return nil }
            arrived += bytes
        }
    }

    func ask(_ body: String) throws -> String? {
        send(body)
        return try receive()
    }

    /// Makes a name space; its secret key.
    func register(_ name: String = "site") throws -> String {
        let answer =
            try ask(#"{"action":"registerNameSpace","name":"\#(name)","key":"server-key"}"#) ?? "nothing"
        guard let key = field("secretKey", of: answer) else { throw Unexpected("not registered: \(answer)") }
        return key
    }

    func logIn(_ key: String, to name: String = "site") throws -> String? {
        try ask(#"{"action":"auth","name":"\#(name)","sKey":"\#(key)"}"#)
    }

    private func field(_ name: String, of object: String) -> String? {
        let bytes = Array(object.utf8)
        return (try? JSONValue.read(bytes.span))?.member(name, in: bytes.span).value?.string(in: bytes.span)
    }

    static let success = #"{"success":true}"#
}

/// JSON Web Tokens as a site makes them, good ones and others.
enum Token {
    static func make(
        _ payload: String,
        key: String,
        header: String = #"{"alg":"HS256","typ":"JWT"}"#
    ) -> String {
        sign(base64(Array(header.utf8)) + "." + base64(Array(payload.utf8)), key)
    }

    /// With a signature of whatever stands before it.
    static func sign(_ text: String, _ key: String) -> String {
        text + "." + base64(Digest.hmacSHA256(key: Array(key.utf8).span, Array(text.utf8).span))
    }

    static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
