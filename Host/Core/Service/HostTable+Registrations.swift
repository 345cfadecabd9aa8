import PatchbayABI
import Wire

extension HostTable {
    static func addRegistrations(_ table: inout pb_host) {
        unsafe table.grammar = { context, endpoint, grammar in
            unsafe HostTable.inCreate(context) { generation in
                guard let grammar = unsafe grammar.map({ unsafe pb_grammar(of: $0) }),
                    let value = unsafe Grammar(grammar), let timeout = unsafe LoginTimeout(grammar)
                else { return PB_INVALID }
                return HostTable.registered(
                    unsafe generation.ledger.set(value, timeout, endpoint: endpoint.array)
                )
            }
        }
        unsafe table.on_message = { context, endpoint, type, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let type = unsafe type, let handler = unsafe handler,
                    unsafe !HostTable.areContrary(type.pointee.flags)
                else { return PB_INVALID }
                let registration = unsafe Ledger.MessageType(
                    type.pointee,
                    MessageHandler(function: handler, context: user)
                )
                return HostTable.registered(
                    unsafe generation.ledger.add(registration, endpoint: endpoint.array)
                )
            }
        }
        unsafe table.on_open = { context, endpoint, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let handler = unsafe handler else { return PB_INVALID }
                let value = unsafe OpenHandler(function: handler, context: user)
                return HostTable.registered(unsafe generation.ledger.set(\.open, endpoint.array, value))
            }
        }
        unsafe table.on_close = { context, endpoint, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let handler = unsafe handler else { return PB_INVALID }
                let value = unsafe CloseHandler(function: handler, context: user)
                return HostTable.registered(unsafe generation.ledger.set(\.close, endpoint.array, value))
            }
        }
        unsafe table.on_malformed = { context, endpoint, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let handler = unsafe handler else { return PB_INVALID }
                let value = unsafe MessageHandler(function: handler, context: user)
                return HostTable.registered(unsafe generation.ledger.set(\.malformed, endpoint.array, value))
            }
        }
        unsafe table.on_unknown = { context, endpoint, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let handler = unsafe handler else { return PB_INVALID }
                let value = unsafe MessageHandler(function: handler, context: user)
                return HostTable.registered(unsafe generation.ledger.set(\.unknown, endpoint.array, value))
            }
        }
        unsafe table.on_refused = { context, endpoint, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let handler = unsafe handler else { return PB_INVALID }
                let value = unsafe RefusedHandler(function: handler, context: user)
                return HostTable.registered(unsafe generation.ledger.set(\.refused, endpoint.array, value))
            }
        }
        unsafe addRest(&table)
    }

    /// Bytes; as much as `limit message` may be.
    private static let longestMessage: UInt32 = 1 << 30

    /// A message over one rate cannot be refused and wait.
    private static func areContrary(_ flags: UInt32) -> Bool {
        let both = PB_COUNTED.rawValue | PB_PACED.rawValue
        return flags & both == both
    }

    private static func addRest(_ table: inout pb_host) {
        unsafe table.on_auth = { context, endpoint, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let handler = unsafe handler else { return PB_INVALID }
                let value = unsafe AuthHandler(function: handler, context: user)
                return HostTable.registered(unsafe generation.ledger.set(\.auth, endpoint.array, value))
            }
        }
        unsafe table.on_request = { context, endpoint, method, path, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                let path = unsafe path.array
                guard let handler = unsafe handler, unsafe method.count > 0,
                    path.isEmpty || path[0] == UInt8(ascii: "/")
                else { return PB_INVALID }
                return HostTable.registered(
                    unsafe generation.ledger.add(
                        method: method.array,
                        path: path,
                        RequestHandler(function: handler, context: user),
                        endpoint: endpoint.array
                    )
                )
            }
        }
        unsafe table.on_timer = { context, timer, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let handler = unsafe handler, unsafe timer.count > 0 else { return PB_INVALID }
                let value = unsafe TimerHandler(function: handler, context: user)
                return HostTable.registered(unsafe generation.ledger.add(timer: timer.array, value))
            }
        }
        unsafe table.on_command = { context, command, handler, user in
            unsafe HostTable.inCreate(context) { generation in
                guard let command = unsafe command, let handler = unsafe handler else { return PB_INVALID }
                let value = unsafe Ledger.Command(
                    command.pointee,
                    CommandHandler(function: handler, context: user)
                )
                guard !value.name.isEmpty else { return PB_INVALID }
                return HostTable.registered(generation.ledger.add(value))
            }
        }
        unsafe table.framing = { context, endpoint, framing in
            unsafe HostTable.inCreate(context) { generation in
                guard let framing = unsafe framing.map({ unsafe pb_framing(of: $0) }),
                    let value = Framing(framing), framing.maximum <= HostTable.longestMessage
                else { return PB_INVALID }
                let framer = unsafe framing.framer.map { unsafe Framer(function: $0) }
                guard value != .plugin || framer != nil else { return PB_INVALID }
                return HostTable.registered(
                    unsafe generation.ledger.set(
                        value,
                        framer,
                        maximum: framing.maximum == 0 ? nil : Int(framing.maximum),
                        endpoint: endpoint.array
                    )
                )
            }
        }
        unsafe table.subprotocol = { context, endpoint, name in
            unsafe HostTable.inCreate(context) { generation in
                let name = unsafe name.string
                guard Handshake.isSubprotocol(name) else { return PB_INVALID }
                return HostTable.registered(
                    unsafe generation.ledger.add(subprotocol: name, endpoint: endpoint.array)
                )
            }
        }
        unsafe table.option = { context, name, value in
            unsafe HostTable.inCreate(context) { generation in
                let name = unsafe name.string
                guard let value = unsafe value, generation.plugin.options.contains(where: { $0.name == name })
                else { return PB_INVALID }
                unsafe value.pointee =
                    generation.options[name].map { unsafe generation.value(of: $0) } ?? pb_value()
                return PB_OK
            }
        }
        unsafe table.refuse = { context, reason in
            unsafe HostTable.inCreate(context) { generation in
                generation.refusal = unsafe reason.string
                return PB_OK
            }
        }
    }
}

extension pb_grammar {
    /// Whatever interface the plugin was built for.
    fileprivate init(of given: UnsafePointer<pb_grammar>) {
        let oldest = unsafe MemoryLayout<pb_grammar>.offset(of: \.login_code) ?? 0
        unsafe self = unsafe whole(given, zero: pb_grammar(), oldest: oldest)
    }
}

extension Grammar {
    /// Nil: of a kind that there is not.
    fileprivate init?(_ grammar: pb_grammar) {
        switch unsafe pb_grammar_kind(rawValue: grammar.kind) {
        case PB_GRAMMAR_RAW: kind = .raw
        case PB_GRAMMAR_JSON:
            kind = unsafe .json(member: grammar.member.array, payload: grammar.payload.array)
        case PB_GRAMMAR_DELIMITER: kind = unsafe .delimiter(UInt8(truncatingIfNeeded: grammar.delimiter))
        default: return nil
        }
        needsLogin = unsafe grammar.flags & PB_LOGIN_FIRST.rawValue != 0
        maximum = unsafe Int(grammar.maximum)
        let milliseconds = unsafe grammar.login_milliseconds
        loginTime = milliseconds == 0 ? nil : .milliseconds(Int(milliseconds))
    }
}

extension LoginTimeout {
    /// Nil: a code that no close has, or a reason that none holds.
    fileprivate init?(_ grammar: pb_grammar) {
        self.init()
        let code = unsafe grammar.login_code, reason = unsafe grammar.login_reason.string
        guard code != 0 || !reason.isEmpty else { return }
        guard let code = UInt16(exactly: code == 0 ? 1008 : code), HostTable.mayClose(code),
            reason.utf8.count <= 123
        else { return nil }
        self.init(code: CloseCode(rawValue: code), reason: reason)
    }
}

extension pb_framing {
    /// Whatever interface the plugin was built for.
    fileprivate init(of given: UnsafePointer<pb_framing>) {
        let oldest = MemoryLayout<pb_framing>.offset(of: \.maximum) ?? 0
        self = unsafe whole(given, zero: pb_framing(), oldest: oldest)
    }
}

extension Framing {
    /// Nil: of a kind or a width that there is not.
    fileprivate init?(_ framing: pb_framing) {
        let flags = framing.flags
        func has(_ flag: pb_framing_flag) -> Bool { flags & flag.rawValue != 0 }
        guard let byte = UInt8(exactly: framing.byte) else { return nil }
        let empty: Empty = has(PB_SKIPS_EMPTY) ? .skipped : has(PB_REFUSES_EMPTY) ? .refused : .given
        switch pb_framing_kind(rawValue: framing.kind) {
        case PB_FRAMING_LENGTH:
            guard let width = LengthPrefix.Width(rawValue: Int(framing.width)) else { return nil }
            let trailer = Trailer(
                byte,
                isChecked: !has(PB_TRAILER_UNCHECKED),
                isCounted: has(PB_COUNTS_TRAILER)
            )
            self = .length(
                LengthPrefix(
                    width,
                    has(PB_LITTLE_ENDIAN) ? .little : .big,
                    countsItself: has(PB_COUNTS_ITSELF),
                    trailer: has(PB_TRAILER) ? trailer : nil,
                    empty: empty
                )
            )
        case PB_FRAMING_DELIMITER:
            self = .delimiter(Delimiter(byte, dropsReturn: has(PB_DROPS_RETURN), empty: empty))
        case PB_FRAMING_OWN: self = .plugin
        default: return nil
        }
    }
}

extension Ledger.MessageType {
    fileprivate convenience init(_ type: pb_message_type, _ handler: MessageHandler) {
        self.init(
            name: unsafe type.type.array,
            flags: unsafe type.flags,
            maximum: unsafe Int(type.maximum),
            summary: unsafe type.summary.string,
            example: unsafe type.example.string,
            handler: handler
        )
    }
}

extension Ledger.Command {
    fileprivate init(_ command: pb_command, _ handler: CommandHandler) {
        let given = unsafe UnsafeBufferPointer(
            start: command.parameters,
            count: command.parameters == nil ? 0 : command.parameter_count
        )
        self.init(
            name: unsafe command.name.string,
            summary: unsafe command.summary.string,
            parameters: unsafe given.map { unsafe Ledger.Parameter($0) },
            handler: handler
        )
    }
}

extension Ledger.Parameter {
    fileprivate init(_ parameter: pb_parameter) {
        self.init(
            name: unsafe parameter.name.string,
            isRequired: unsafe parameter.flags & PB_REQUIRED.rawValue != 0,
            isSecret: unsafe parameter.flags & PB_SECRET.rawValue != 0,
            meaning: unsafe parameter.meaning.string
        )
    }
}

extension Generation {
    fileprivate func value(of option: OptionValue) -> pb_value {
        var value = unsafe pb_value()
        switch option {
        case .text(let text):
            unsafe value.type = PB_STRING.rawValue
            unsafe value.bytes = lend(Array(text.utf8))
        case .integer(let number), .milliseconds(let number), .bytes(let number):
            unsafe value.type = PB_INTEGER.rawValue
            unsafe value.integer = number
        case .boolean(let isOn):
            unsafe value.type = PB_INTEGER.rawValue
            unsafe value.integer = isOn ? 1 : 0
        }
        return unsafe value
    }
}
