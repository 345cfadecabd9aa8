import JSON
import PatchbayKit

/// The control side: what a back end's connection asks for, and how it is answered. Each request has one reply, in order.
extension FireService {
    static func registerControl(_ setup: Setup<FireService>) {
        setup.framing(
            .length(width: 4, [.littleEndian, .refusesEmpty], trailer: 0),
            maximum: Int(setup.options.size("max_control_message")),
            on: control
        )
        setup.grammar(.json(type: "action"), on: control)
        registerLogins(setup)
        registerChannels(setup)
        registerPermissions(setup)
        setup.onMalformed(on: control) { fire, message, connection in
            fire.refuseMalformed(message, from: connection)
        }
        setup.onUnknown(on: control) { fire, message, connection in
            fire.fail(message.type.isEmpty ? .needs("action") : .unknownAction, to: connection)
        }
        setup.onRefused(on: control) { fire, message, connection, refusal in
            guard refusal == .store else { return fire.fail(.needsAuth, to: connection) }
            // What was wrong before is wrong still.
            guard !message.type.isEmpty else { return fire.refuseMalformed(message, from: connection) }
            fire.fail(.store, to: connection)
        }
        setup.onClose(on: control) { fire, connection, _ in fire.backEnds[connection] = nil }
    }

    /// An action that needs no name space yet.
    static func onLogin(
        _ action: String,
        _ summary: String,
        _ setup: Setup<FireService>,
        _ work: @escaping (FireService, Arguments, Connection) throws(Failure) -> Void
    ) {
        setup.onMessage(action, summary: summary, on: control) { fire, message, connection in
            fire.answer(connection) { () throws(Failure) in try work(fire, Arguments(message), connection) }
        }
    }

    /// An action inside the name space that the connection has logged in to. What it answers is the reply; nil:
    /// `{"success":true}`.
    static func onAction(
        _ action: String,
        _ summary: String,
        _ setup: Setup<FireService>,
        _ work: @escaping (FireService, Arguments, NameSpace.ID) throws(Failure) -> [UInt8]?
    ) {
        setup.onMessage(action, .needsLogin, summary: summary, on: control) { fire, message, connection in
            fire.answer(connection) { () throws(Failure) in
                guard let space = fire.backEnds[connection] else { throw .needsAuth }
                fire.reply(try work(fire, Arguments(message), space), to: connection)
            }
        }
    }

    private func answer(_ connection: Connection, _ work: () throws(Failure) -> Void) {
        do throws(Failure) {
            try work()
        } catch {
            fail(error, to: connection)
        }
    }

    private func refuseMalformed(_ message: Message, from connection: Connection) {
        let isObject = (try? JSONValue.read(message.bytes.span))?.kind == .object
        guard !isObject else { return fail(.needs("action"), to: connection) }
        fail(.notJSON, to: connection)
        host.close(connection, code: 1008, reason: "a message was no JSON object")
    }

    /// - Parameter json: what is replied; nil: `{"success":true}`.
    func reply(_ json: [UInt8]? = nil, to connection: Connection) {
        host.send(json ?? Self.success, to: connection)
    }

    private static let success = Array(#"{"success":true}"#.utf8)

    func fail(_ failure: Failure, to connection: Connection) {
        note(failure, connection)
        writer.removeAll()
        writer.beginObject()
        writer.member("success", false)
        writer.member("reason", failure.reason)
        writer.member("code", failure.code)
        writer.endObject()
        host.send(writer, to: connection)
    }

    /// Bad input is for the log; the store's errors stand there already.
    func note(_ failure: Failure, _ connection: Connection) {
        guard failure != .store else { return }
        host.log(
            .info,
            failure.reason,
            ["connection": "\(connection)", "code": String(failure.code)]
        )
    }
}
