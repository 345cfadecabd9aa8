import PatchbayABI

/// A host made of arrays: it notes what a service registers and does, and lets a test call the handlers.
///
/// C functions capture nothing, so the one in use is a global; the suites that use it run one after another.
@safe final class FakeHost {
    @unsafe struct Registration {
        var endpoint = ""
        var name = ""
        var message: pb_on_message?
        var refused: pb_on_refused?
        var upgrade: pb_on_auth?
        var opened: pb_on_open?
        var closed: pb_on_close?
        var request: pb_on_request?
        var timer: pb_on_timer?
        var command: pb_on_command?
        var lost: pb_on_claim?
        var granted: pb_on_claim?
        var address: UnsafeMutableRawPointer?
    }

    nonisolated(unsafe) static var current = FakeHost()

    var registrations: [Registration] = unsafe []
    var grammars: [String] = []  // "endpoint kind member payload maximum flags else code reason"
    var flags: [String] = []  // of message types: "add 8"
    var framings: [String] = []  // "endpoint kind flags width byte at most maximum"
    var framer: pb_framer?
    var subprotocols: [String] = []
    var parameters: [String] = []
    var refusal: String?
    var options: [String: Int64] = [:]
    var registrationAnswer: Int32 = 0
    var sent: [String] = []  // "1 hello"
    var answers: [String] = []
    var logins: [String] = []  // "anna from 10.0.0.7", "7 settled 1"
    var responses: [String] = []  // "7 200 Content-Type=text/plain hello"
    var logged: [String] = []
    var state: [UInt8] = []
    var stateVersion: UInt32 = 0
    var ran: [String] = []  // "statement: 5, text, null"
    var rows: [[Int64]] = []
    var storeFails = false
    var hasClaims = true
    var claims: [String] = []  // "kind bot 2 5000", "claim 3 Foo 1"
    var claimAnswer: Int32 = 0  // with 9 as the holder
    var secretsSize = 0  // of the table; 0: there is none
    var hashes: [String] = []  // "verify secret against $hash for 7"
    /// What the host is to tell when a hash is made; nil: too many are under way.
    var tellHash: ((Int32, StaticString) -> Void)?
    var tellFetch: ((UnsafePointer<pb_fetched>?, StaticString) -> Void)?
    var isHashing = true
    var duringRow: () -> Void = {}

    static func text(_ bytes: pb_bytes) -> String {
        unsafe String(decoding: UnsafeBufferPointer(start: bytes.data, count: bytes.count), as: UTF8.self)
    }

    private static func bytes(_ text: StaticString) -> pb_bytes {
        unsafe pb_bytes(data: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    static func add(_ registration: Registration) -> Int32 {
        unsafe current.registrations.append(registration)
        return unsafe current.registrationAnswer
    }

    func registration(_ name: String, on endpoint: String = "") -> Registration? {
        unsafe registrations.first { unsafe $0.name == name && $0.endpoint == endpoint }
    }

    /// The table that a service is given; it lives for ever, as the host's does.
    nonisolated(unsafe) static let table: UnsafePointer<pb_host> = {
        let memory = UnsafeMutablePointer<pb_host>.allocate(capacity: 1)
        unsafe memory.initialize(to: pb_host())
        unsafe memory.pointee.size = UInt32(MemoryLayout<pb_host>.size)
        unsafe fillRegistrations(memory)
        unsafe fillConnections(memory)
        unsafe fillRooms(memory)
        unsafe fillRest(memory)
        return unsafe UnsafePointer(memory)
    }()

    private static func fillRegistrations(_ table: UnsafeMutablePointer<pb_host>) {
        unsafe table.pointee.grammar = { _, endpoint, grammar in
            guard let grammar = unsafe grammar?.pointee else { return -4 }
            let member = unsafe FakeHost.text(grammar.member)
            let payload = unsafe FakeHost.text(grammar.payload)
            let numbers = unsafe "\(grammar.maximum) \(grammar.flags)"
            let timeout = unsafe "\(grammar.login_code) \(FakeHost.text(grammar.login_reason))"
            unsafe FakeHost.current.grammars.append(
                unsafe "\(FakeHost.text(endpoint)) \(grammar.kind) \(member) \(payload) \(numbers)"
                    + (timeout == "0 " ? "" : " else \(timeout)")
            )
            return 0
        }
        unsafe table.pointee.framing = { _, endpoint, framing in
            guard let framing = unsafe framing?.pointee else { return -4 }
            let numbers = "\(framing.kind) \(framing.flags) \(framing.width) \(framing.byte)"
            let maximum = framing.maximum == 0 ? "" : " at most \(framing.maximum)"
            unsafe FakeHost.current.framings.append("\(FakeHost.text(endpoint)) \(numbers)\(maximum)")
            unsafe FakeHost.current.framer = framing.framer
            return unsafe FakeHost.current.registrationAnswer
        }
        unsafe table.pointee.subprotocol = { _, endpoint, name in
            let line = unsafe "\(FakeHost.text(endpoint)) \(FakeHost.text(name))"
            unsafe FakeHost.current.subprotocols.append(line)
            return unsafe FakeHost.current.registrationAnswer
        }
        unsafe table.pointee.on_message = { _, endpoint, type, handler, address in
            guard let type = unsafe type?.pointee else { return -4 }
            unsafe FakeHost.current.flags.append("\(FakeHost.text(type.type)) \(type.flags)")
            return unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: FakeHost.text(type.type),
                    message: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.on_malformed = { _, endpoint, handler, address in
            unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: "malformed",
                    message: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.on_unknown = { _, endpoint, handler, address in
            unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: "unknown",
                    message: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.on_refused = { _, endpoint, handler, address in
            unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: "refused",
                    refused: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.on_auth = { _, endpoint, handler, address in
            unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: "auth",
                    upgrade: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.accept = { _, who, principal in
            unsafe FakeHost.current.logins.append("\(who.bits) is \(FakeHost.text(principal))")
            return 0
        }
        unsafe table.pointee.later = { _, who in
            unsafe FakeHost.current.logins.append("\(who.bits) later")
            return 0
        }
        unsafe table.pointee.reject = { _, who, code, reason in
            unsafe FakeHost.current.logins.append("\(who.bits) rejected \(code) \(FakeHost.text(reason))")
            return 0
        }
        unsafe table.pointee.on_open = { _, endpoint, handler, address in
            unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: "open",
                    opened: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.on_close = { _, endpoint, handler, address in
            unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: "close",
                    closed: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.on_request = { _, endpoint, method, path, handler, address in
            unsafe FakeHost.add(
                Registration(
                    endpoint: FakeHost.text(endpoint),
                    name: "\(FakeHost.text(method)) \(FakeHost.text(path))",
                    request: handler,
                    address: address
                )
            )
        }
        unsafe table.pointee.respond = { _, ticket, status, headers, count, body in
            let given = unsafe UnsafeBufferPointer(start: headers, count: count)
            let fields = unsafe given.map {
                unsafe "\(FakeHost.text($0.name))=\(FakeHost.text($0.value.bytes))"
            }
            let line = ["\(ticket)", "\(status)"] + fields + [unsafe FakeHost.text(body)]
            unsafe FakeHost.current.responses.append(line.joined(separator: " "))
            return 0
        }
        unsafe table.pointee.on_timer = { _, timer, handler, address in
            unsafe FakeHost.add(Registration(name: FakeHost.text(timer), timer: handler, address: address))
        }
        unsafe table.pointee.on_command = { _, command, handler, address in
            guard let command = unsafe command?.pointee else { return -4 }
            let rows = unsafe UnsafeBufferPointer(start: command.parameters, count: command.parameter_count)
            unsafe FakeHost.current.parameters += rows.map { unsafe "\(FakeHost.text($0.name)) \($0.flags)" }
            return unsafe FakeHost.add(
                Registration(name: FakeHost.text(command.name), command: handler, address: address)
            )
        }
        unsafe table.pointee.option = { _, name, value in
            guard let integer = unsafe FakeHost.current.options[FakeHost.text(name)] else { return -4 }
            unsafe value?.pointee.type = PB_INTEGER.rawValue
            unsafe value?.pointee.integer = integer
            return 0
        }
        unsafe table.pointee.refuse = { _, reason in
            unsafe FakeHost.current.refusal = FakeHost.text(reason)
            return 0
        }
    }

    private static func fillConnections(_ table: UnsafeMutablePointer<pb_host>) {
        unsafe table.pointee.send = { _, to, kind, message in
            guard to.bits != 404 else { return -1 }
            unsafe FakeHost.current.sent.append(
                "\(to.bits) \(kind == 0 ? "" : "binary ")\(FakeHost.text(message))"
            )
            return 0
        }
        unsafe table.pointee.close = { _, who, code, reason in
            unsafe FakeHost.current.sent.append("\(who.bits) closed \(code) \(FakeHost.text(reason))")
            return 0
        }
        unsafe table.pointee.describe = { _, who, info in
            guard who.bits != 404 else { return -1 }
            unsafe info?.pointee.transport = PB_SOCKJS.rawValue
            unsafe info?.pointee.logged_in = 1
            unsafe info?.pointee.address = FakeHost.bytes("10.0.0.7")
            unsafe info?.pointee.subprotocol = FakeHost.bytes("chat.2")
            unsafe info?.pointee.certificate = FakeHost.bytes("anna")
            return 0
        }
        unsafe table.pointee.try_login = { _, account, address in
            unsafe FakeHost.current.logins.append("\(FakeHost.text(account)) from \(FakeHost.text(address))")
            return unsafe FakeHost.text(account) == "busy" ? -2 : 7
        }
        unsafe table.pointee.settle_login = { _, ticket, succeeded in
            unsafe FakeHost.current.logins.append("\(ticket) settled \(succeeded)")
            return 0
        }
        unsafe table.pointee.connections = { _, each, user in
            for bits in 1...3 { unsafe each?(user, pb_connection(bits: UInt64(bits))) }
            return 3
        }
        unsafe table.pointee.set_state = { _, _, version, state in
            unsafe FakeHost.current.state = Array(UnsafeBufferPointer(start: state.data, count: state.count))
            unsafe FakeHost.current.stateVersion = version
            return 0
        }
        unsafe table.pointee.state = { _, _, version, state in
            let copy = unsafe UnsafeMutableBufferPointer<UInt8>.allocate(
                capacity: FakeHost.current.state.count
            )
            _ = unsafe copy.initialize(fromContentsOf: FakeHost.current.state)
            unsafe version?.pointee = FakeHost.current.stateVersion
            unsafe state?.pointee = pb_bytes(data: UnsafePointer(copy.baseAddress), count: copy.count)
            return 0
        }
    }

    private static func fillRooms(_ table: UnsafeMutablePointer<pb_host>) {
        unsafe table.pointee.join = { _, room, who in
            unsafe FakeHost.current.sent.append("\(who.bits) joins \(FakeHost.text(room))")
            return 0
        }
        unsafe table.pointee.publish = { _, room, _, message, except, count in
            let left = unsafe UnsafeBufferPointer(start: except, count: count).map { "\($0.bits)" }
            unsafe FakeHost.current.sent.append(
                "\(FakeHost.text(room)) \(FakeHost.text(message)) -\(left.joined(separator: "-"))"
            )
            return 7
        }
        unsafe table.pointee.members = { _, _, each, user in
            unsafe each?(user, pb_connection(bits: 1))
            return 1
        }
        unsafe table.pointee.is_member = { _, room, who in
            unsafe FakeHost.text(room) == "all" && who.bits == 1 ? 1 : 0
        }
        unsafe table.pointee.rooms = { _, _, each, user in
            for name in ["all", "few"] {
                var name = name
                name.withUTF8 { unsafe each?(user, pb_bytes(data: $0.baseAddress, count: $0.count)) }
            }
            return 2
        }
    }

    private static func fillRest(_ table: UnsafeMutablePointer<pb_host>) {
        unsafe table.pointee.start_timer = { _, timer, key, milliseconds in
            unsafe FakeHost.current.sent.append(
                "timer \(FakeHost.text(timer)) \(FakeHost.text(key)) \(milliseconds)"
            )
            return 0
        }
        unsafe table.pointee.timer_left = { _, _, key in unsafe FakeHost.text(key) == "none" ? -4 : 250 }
        unsafe table.pointee.answer = { _, ticket, status, answer in
            unsafe FakeHost.current.answers.append("\(ticket) \(status) \(FakeHost.text(answer))")
            return 0
        }
        unsafe table.pointee.log = { _, level, line, fields, count in
            let named = unsafe UnsafeBufferPointer(start: fields, count: count)
                .map { unsafe " \(FakeHost.text($0.name))=\(FakeHost.text($0.value.bytes))" }
            unsafe FakeHost.current.logged.append("\(level) \(FakeHost.text(line))\(named.joined())")
            return 0
        }
        unsafe table.pointee.monotonic = { _ in 12 }
        unsafe table.pointee.wall = { _ in 1_700_000_000_000 }
        unsafe table.pointee.capability = { _, name in
            switch unsafe name.map({ unsafe String(cString: $0) }) {
            case PB_CLAIMS where unsafe FakeHost.current.hasClaims:
                return unsafe UnsafeRawPointer(FakeHost.claimTable)
            case PB_STORE: return unsafe UnsafeRawPointer(FakeHost.store)
            case PB_HTTP_CLIENT where unsafe FakeHost.current.secretsSize > 0:
                return unsafe UnsafeRawPointer(FakeHost.http)
            case PB_SECRETS where unsafe FakeHost.current.secretsSize > 0:
                unsafe FakeHost.secrets.pointee.size = unsafe UInt32(FakeHost.current.secretsSize)
                return unsafe UnsafeRawPointer(FakeHost.secrets)
            default: return nil
            }
        }
    }

    /// Seals by 28 bytes in front: those of the associated text, as far as they go, and dots.
    nonisolated(unsafe) private static let secrets: UnsafeMutablePointer<pb_secrets> = {
        let memory = UnsafeMutablePointer<pb_secrets>.allocate(capacity: 1)
        unsafe memory.initialize(to: pb_secrets())
        unsafe memory.pointee.seal = { _, _, clear, associated, sealed in
            let name = unsafe FakeHost.text(associated)
            let all = Array((name + String(repeating: ".", count: 28 - name.count)).utf8)
            let bytes = unsafe all + UnsafeBufferPointer(start: clear.data, count: clear.count)
            for index in bytes.indices { unsafe sealed?[index] = bytes[index] }
            return Int64(bytes.count)
        }
        unsafe memory.pointee.open = { _, key, sealed, _, clear in
            guard unsafe key?[31] == 7, unsafe sealed.count >= 28 else { return -4 }
            for index in unsafe 28..<sealed.count { unsafe clear?[index - 28] = sealed.data[index] }
            return unsafe Int64(sealed.count) - 28
        }
        unsafe memory.pointee.hash = { _, password, ticket, done, user in
            unsafe FakeHost.ask("hash \(FakeHost.text(password))", ticket, done, user)
        }
        unsafe memory.pointee.verify = { _, password, hash, ticket, done, user in
            let line = unsafe "verify \(FakeHost.text(password)) against \(FakeHost.text(hash))"
            return unsafe FakeHost.ask(line, ticket, done, user)
        }
        unsafe memory.pointee.verify_login = { _, password, hash, login, ticket, done, user in
            let line = unsafe "verify \(FakeHost.text(password)) against \(FakeHost.text(hash)) for \(login)"
            return unsafe FakeHost.ask(line, ticket, done, user)
        }
        return unsafe memory
    }()

    nonisolated(unsafe) private static let http: UnsafePointer<pb_http> = {
        let memory = UnsafeMutablePointer<pb_http>.allocate(capacity: 1)
        unsafe memory.initialize(to: pb_http())
        unsafe memory.pointee.size = UInt32(MemoryLayout<pb_http>.size)
        unsafe memory.pointee.fetch = { _, fetch, ticket, done, user in
            guard let fetch = unsafe fetch?.pointee, unsafe current.isHashing else { return -2 }
            let named = unsafe UnsafeBufferPointer(start: fetch.headers, count: fetch.header_count)
                .map { unsafe " \(FakeHost.text($0.name))=\(FakeHost.text($0.value.bytes))" }
            let words = unsafe [fetch.method, fetch.url, fetch.body].map { unsafe FakeHost.text($0) }
            unsafe current.hashes.append(
                words.joined(separator: " ") + named.joined() + " \(fetch.milliseconds) \(fetch.most)"
            )
            unsafe current.tellFetch = { answer, failure in unsafe done?(user, ticket, answer, bytes(failure))
            }
            return 0
        }
        return unsafe UnsafePointer(memory)
    }()

    private static func ask(
        _ line: String,
        _ ticket: UInt64,
        _ done: pb_on_secret?,
        _ user: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard unsafe current.isHashing else { return -2 }
        unsafe current.hashes.append(line)
        unsafe current.tellHash = { verdict, hash in unsafe done?(user, ticket, verdict, bytes(hash)) }
        return 0
    }

    nonisolated(unsafe) private static let store: UnsafePointer<pb_store> = {
        let memory = UnsafeMutablePointer<pb_store>.allocate(capacity: 1)
        unsafe memory.initialize(to: pb_store())
        unsafe memory.pointee.size = UInt32(MemoryLayout<pb_store>.size)
        unsafe memory.pointee.prepare = { _, sql in unsafe FakeHost.text(sql) == "bad" ? -6 : 3 }
        unsafe memory.pointee.run = { _, statement, values, count, row, user in
            let given = unsafe UnsafeBufferPointer(start: values, count: count).map { value in
                switch unsafe value.type {
                case PB_NULL.rawValue: "null"
                case PB_INTEGER.rawValue: unsafe "\(value.integer)"
                case PB_REAL.rawValue: unsafe "\(value.real)"
                default:
                    unsafe "\(value.type == PB_BLOB.rawValue ? "blob " : "")\(FakeHost.text(value.bytes))"
                }
            }
            for numbers in unsafe FakeHost.current.rows {
                unsafe FakeHost.current.duringRow()
                let columns = unsafe numbers.map {
                    unsafe pb_value(
                        type: PB_INTEGER.rawValue,
                        reserved: 0,
                        integer: $0,
                        real: 0,
                        bytes: pb_bytes()
                    )
                }
                unsafe columns.withUnsafeBufferPointer { _ = unsafe row?(user, $0.baseAddress, $0.count) }
            }
            // Written down last, so that a nested run that spoilt the values would show.
            unsafe FakeHost.current.ran.append("\(statement): \(given.joined(separator: ", "))")
            return unsafe FakeHost.current.storeFails ? -6 : 2
        }
        unsafe memory.pointee.error = { _ in
            let sentence: StaticString = "disk full"
            return unsafe bytes(sentence)
        }
        unsafe memory.pointee.begin = { _ in
            unsafe FakeHost.current.ran.append("begin")
            return unsafe FakeHost.current.storeFails ? -6 : 0
        }
        unsafe memory.pointee.end = { _, keeps in
            unsafe FakeHost.current.ran.append("end \(keeps)")
            return 0
        }
        return unsafe UnsafePointer(memory)
    }()
}
