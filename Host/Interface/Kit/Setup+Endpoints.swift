import PatchbayABI

/// Connections and their messages. `endpoint` is empty for the main one, which serves every binding of
/// plugins.conf that names none.
extension Setup {
    /// Says how the endpoint's messages are read. Without it they are `.raw`.
    ///
    /// - Parameters:
    ///   - loginFirst: until a connection is accepted or a guest, all but the login is refused.
    ///   - maximum: longest message in bytes; 0 is the operator's limit.
    ///   - loginMilliseconds: time to log in where the operator says nothing; 0 is the host's default.
    ///   - loginCode: what a connection is closed with when that time has passed, as of `close`; 0 is 1008. Hosts
    ///     before interface 1.3 close with 1008 `login timeout`.
    ///   - loginReason: and why; at most 123 bytes.
    public func grammar(
        _ grammar: Grammar,
        loginFirst: Bool = false,
        maximum: Int = 0,
        loginMilliseconds: Int = 0,
        loginCode: UInt32 = 0,
        loginReason: String = "",
        on endpoint: String = ""
    ) {
        var table = unsafe pb_grammar()
        unsafe table.size = UInt32(MemoryLayout<pb_grammar>.size)
        unsafe table.kind = grammar.kind
        unsafe table.flags = loginFirst ? PB_LOGIN_FIRST.rawValue : 0
        unsafe table.maximum = UInt32(clamping: maximum)
        unsafe table.login_milliseconds = UInt32(clamping: loginMilliseconds)
        unsafe table.login_code = loginCode
        var type = ""
        var payload = ""
        switch grammar {
        case .raw: break
        case .json(let typeMember, let payloadMember):
            (type, payload) = (typeMember, payloadMember)
            instance.jsonEndpoints.insert(endpoint)
        case .delimiter(let byte): unsafe table.delimiter = UInt32(byte)
        }
        let status = unsafe endpoint.lend { endpoint in
            unsafe type.lend { type in
                unsafe payload.lend { payload in
                    unsafe loginReason.lend { reason in
                        unsafe table.member = type
                        unsafe table.payload = payload
                        unsafe table.login_reason = reason
                        return Status(unsafe host.table.pointee.grammar(host.context, endpoint, &table))
                    }
                }
            }
        }
        note(status, "the grammar of endpoint", endpoint)
    }

    /// Handles messages of one type; of every type that is not named, where the grammar has no types.
    ///
    /// - Parameters:
    ///   - type: as the grammar finds it.
    ///   - maximum: longest message of this type in bytes; 0 is the grammar's.
    ///   - summary: one line for the operator.
    ///   - example: one message.
    public func onMessage(
        _ type: String = "",
        _ flags: MessageFlags = [],
        maximum: Int = 0,
        summary: String = "",
        example: String = "",
        on endpoint: String = "",
        _ body: @escaping (S, Message, Connection) -> Void
    ) {
        let isJSON = instance.jsonEndpoints.contains(endpoint)
        let handler = instance.keep(MessageHandler(instance, isJSON: isJSON, body))
        var table = unsafe pb_message_type()
        unsafe table.size = UInt32(MemoryLayout<pb_message_type>.size)
        unsafe table.flags = flags.rawValue
        unsafe table.maximum = UInt32(clamping: maximum)
        let status = unsafe lend(endpoint, type, summary, example) { endpoint, type, summary, example in
            unsafe table.type = type
            unsafe table.summary = summary
            unsafe table.example = example
            let answer = unsafe host.table.pointee.on_message(
                host.context,
                endpoint,
                &table,
                Entry.message,
                handler.address
            )
            return Status(answer)
        }
        note(status, "message type", type)
    }

    /// Handles messages that the grammar could not read.
    public func onMalformed(on endpoint: String = "", _ body: @escaping (S, Message, Connection) -> Void) {
        let handler = instance.keep(MessageHandler(instance, body))
        let status = unsafe endpoint.lend {
            Status(unsafe host.table.pointee.on_malformed(host.context, $0, Entry.message, handler.address))
        }
        note(status, "onMalformed of endpoint", endpoint)
    }

    /// Handles messages of a type that has no handler.
    public func onUnknown(on endpoint: String = "", _ body: @escaping (S, Message, Connection) -> Void) {
        let handler = instance.keep(MessageHandler(instance, body))
        let status = unsafe endpoint.lend {
            Status(unsafe host.table.pointee.on_unknown(host.context, $0, Entry.message, handler.address))
        }
        note(status, "onUnknown of endpoint", endpoint)
    }

    /// Handles messages that the host does not hand over, so that the protocol can word its own error.
    public func onRefused(
        on endpoint: String = "",
        _ body: @escaping (S, Message, Connection, Refusal) -> Void
    ) {
        let handler = instance.keep(RefusalHandler(instance, body))
        let status = unsafe endpoint.lend {
            Status(unsafe host.table.pointee.on_refused(host.context, $0, Entry.refused, handler.address))
        }
        note(status, "onRefused of endpoint", endpoint)
    }

    /// Decides about connections by the request that they begin with, before they are open: `accept`, `acceptGuest`,
    /// `reject` with an HTTP status, or `decideLater` and then one of these within a minute. One that is not decided about
    /// opens as it does without this. Streams have no such request and just open.
    public func onAuth(on endpoint: String = "", _ body: @escaping (S, Request, Connection) -> Void) {
        let handler = instance.keep(AuthHandler(instance, body))
        let status = unsafe endpoint.lend {
            Status(unsafe host.table.pointee.on_auth(host.context, $0, Entry.upgrade, handler.address))
        }
        note(status, "onAuth of endpoint", endpoint)
    }

    /// Handles a connection that is open now.
    public func onOpen(on endpoint: String = "", _ body: @escaping (S, Connection) -> Void) {
        let handler = instance.keep(OpenHandler(instance, body))
        let status = unsafe endpoint.lend {
            Status(unsafe host.table.pointee.on_open(host.context, $0, Entry.opened, handler.address))
        }
        note(status, "onOpen of endpoint", endpoint)
    }

    /// Handles a connection that has ended. It still has its state, principal and rooms.
    public func onClose(on endpoint: String = "", _ body: @escaping (S, Connection, Closing) -> Void) {
        let handler = instance.keep(CloseHandler(instance, body))
        let status = unsafe endpoint.lend {
            Status(unsafe host.table.pointee.on_close(host.context, $0, Entry.closed, handler.address))
        }
        note(status, "onClose of endpoint", endpoint)
    }

    /// Handles requests over plain HTTP. HEAD goes to the handler of GET, and a path without a handler is 404.
    ///
    /// - Parameters:
    ///   - method: in capitals.
    ///   - path: what follows the path of plugins.conf: empty for that itself, `/users` below it; one that ends
    ///     with `/*` takes everything below.
    public func onRequest(
        _ method: String,
        _ path: String = "",
        on endpoint: String = "",
        _ body: @escaping (S, Request) -> Void
    ) {
        let handler = instance.keep(RequestHandler(instance, body))
        let status = unsafe lend(endpoint, method, path, "") { endpoint, method, path, _ in
            let answer = unsafe host.table.pointee.on_request(
                host.context,
                endpoint,
                method,
                path,
                Entry.request,
                handler.address
            )
            return Status(answer)
        }
        note(status, "request", "\(method) \(path)")
    }

    func note(_ status: Status, _ what: String, _ name: String) {
        instance.failures.note(status, "\(what) \"\(name)\"")
    }

    private func lend(
        _ first: String,
        _ second: String,
        _ third: String,
        _ fourth: String,
        _ body: (pb_bytes, pb_bytes, pb_bytes, pb_bytes) -> Status
    ) -> Status {
        unsafe first.lend { first in
            unsafe second.lend { second in
                unsafe third.lend { third in
                    unsafe fourth.lend { fourth in unsafe body(first, second, third, fourth) }
                }
            }
        }
    }
}
