import Crypto
import Net
import PatchbayABI
import Synchronization
import Wire

extension HostTable {
    static func addAnswers(_ table: inout pb_host) {
        unsafe table.answer = { context, ticket, status, text in
            unsafe HostTable.onLane(context) { _, service in
                guard service.tickets[ticket] != nil, !service.answers.contains(where: { $0.0 == ticket })
                else {
                    return PB_GONE
                }
                let bytes = unsafe text.array
                let result: Result<[UInt8], CallError> =
                    status >= 0
                    ? .success(bytes) : .failure(CallError(String(decoding: bytes, as: UTF8.self)))
                service.answers.append((ticket, result))
                return PB_OK
            }
        }
        unsafe table.respond = { context, ticket, status, headers, count, body in
            unsafe HostTable.onLane(context) { _, service in
                guard (200...599).contains(status) else { return PB_INVALID }
                var contentType = unsafe body.count == 0 ? "" : "application/octet-stream"
                var fields: [ResponseField] = []
                let given = unsafe UnsafeBufferPointer(start: headers, count: headers == nil ? 0 : count)
                for index in given.indices {
                    let field = unsafe given[index]
                    let name = unsafe field.name.string
                    let value = unsafe HostTable.text(field.value)
                    guard HostTable.mayAnswer(name) else { return PB_INVALID }
                    if name.lowercased() == "content-type" {
                        contentType = value
                    } else {
                        fields.append(ResponseField(name, value))
                    }
                }
                let response = unsafe Response(
                    HTTPStatus(rawValue: UInt16(status)),
                    contentType: contentType,
                    body: body.array,
                    fields: fields,
                    keepsAlive: true
                )
                return service.respond(ticket: ticket, response) ? PB_OK : PB_GONE
            }
        }
        unsafe table.log = { context, level, text, fields, count in
            guard let generation = unsafe Generation.of(context), generation.phase != .retired else {
                return PB_DENIED.rawValue
            }
            let levels: [Log.Level] = [.error, .warning, .info, .debug]
            guard Int(level) < levels.count else { return PB_INVALID.rawValue }
            let log = generation.service.log
            guard log.writes(levels[Int(level)]) else { return PB_OK.rawValue }
            var named = ["service": generation.service.name]
            let given = unsafe UnsafeBufferPointer(start: fields, count: fields == nil ? 0 : count)
            for index in given.indices {
                let field = unsafe given[index]
                unsafe named[field.name.string] = unsafe HostTable.text(field.value)
            }
            log.write(levels[Int(level)], unsafe text.string, named)
            return PB_OK.rawValue
        }
        unsafe table.count = { context, counter, by in
            unsafe HostTable.anywhere(context) { service in
                let name = unsafe counter.string
                service.figures.withLock { $0.counters[name, default: 0] &+= by }
            }
        }
        unsafe table.gauge = { context, gauge, value in
            unsafe HostTable.anywhere(context) { service in
                let name = unsafe gauge.string
                service.figures.withLock { $0.gauges[name] = value }
            }
        }
        unsafe table.monotonic = { context in
            var now: Int64 = 0
            let status = unsafe HostTable.anywhere(context) { now = $0.clock.monotonic / 1_000_000 }
            return status == PB_OK.rawValue ? now : Int64(status)
        }
        unsafe table.wall = { context in
            var now: Int64 = 0
            let status = unsafe HostTable.anywhere(context) { now = $0.clock.wall / 1_000_000 }
            return status == PB_OK.rawValue ? now : Int64(status)
        }
        unsafe table.capability = { context, name in
            guard let generation = unsafe Generation.of(context), let name = unsafe name else { return nil }
            switch unsafe String(cString: name) {
            case PB_STORE: return unsafe generation.statements == nil ? nil : UnsafeRawPointer(storeTable)
            case PB_CLAIMS: return unsafe UnsafeRawPointer(HostTable.claims)
            case PB_HTTP_CLIENT: return unsafe UnsafeRawPointer(HostTable.http)
            case PB_SECRETS: return unsafe UnsafeRawPointer(secretsTable)
            default: return nil
            }
        }
    }

    /// What frames an answer is the host's to say.
    private static func mayAnswer(_ name: String) -> Bool {
        let own = [
            "connection", "content-length", "date", "keep-alive", "trailer", "transfer-encoding", "upgrade",
        ]
        return !name.isEmpty && !own.contains(name.lowercased())
    }

    private static func text(_ value: pb_value) -> String {
        switch unsafe pb_type(rawValue: value.type) {
        case PB_INTEGER: unsafe String(value.integer)
        case PB_REAL: unsafe String(value.real)
        case PB_STRING: unsafe value.bytes.string
        case PB_BLOB: unsafe "\(value.bytes.count) bytes"
        default: ""
        }
    }
}

/// A capability's table, made once and never freed.
func permanent<Table>(_ table: Table) -> UnsafePointer<Table> {
    let pointer = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    unsafe pointer.initialize(to: table)
    return unsafe UnsafePointer(pointer)
}

// Constant once made, so any thread may read them.
nonisolated(unsafe) private let storeTable: UnsafePointer<pb_store> = {
    var table = pb_store()
    table.size = UInt32(MemoryLayout<pb_store>.size)
    unsafe table.prepare = { context, sql in
        guard let statements = unsafe HostTable.statements(context) else { return PB_DENIED.rawValue }
        return unsafe statements.prepare(sql.buffer)
    }
    unsafe table.run = { context, statement, parameters, count, row, user in
        guard let statements = unsafe HostTable.statements(context) else { return Int64(PB_DENIED.rawValue) }
        let given = unsafe UnsafeBufferPointer(start: parameters, count: parameters == nil ? 0 : count)
        return unsafe statements.run(statement, given, row: row, user: user)
    }
    unsafe table.error = { context in
        guard let generation = unsafe Generation.of(context),
            let statements = unsafe HostTable.statements(context)
        else { return unsafe pb_bytes(data: nil, count: 0) }
        return unsafe generation.lend(statements.error)
    }
    unsafe table.begin = { context in
        unsafe HostTable.statements(context)?.beginStep() ?? PB_DENIED.rawValue
    }
    unsafe table.end = { context, keeps in
        unsafe HostTable.statements(context)?.endStep(keeping: keeps != 0) ?? PB_DENIED.rawValue
    }
    return unsafe permanent(table)
}()

nonisolated(unsafe) private let secretsTable: UnsafePointer<pb_secrets> = {
    var table = pb_secrets()
    table.size = UInt32(MemoryLayout<pb_secrets>.size)
    unsafe table.random = { _, buffer, count in
        guard let buffer = unsafe buffer else { return PB_INVALID.rawValue }
        let bytes = Random.bytes(count)
        for index in 0..<count { unsafe buffer[index] = bytes[index] }
        return PB_OK.rawValue
    }
    unsafe table.sha256 = { _, message, digest in
        guard let digest = unsafe digest else { return PB_INVALID.rawValue }
        let result = unsafe Digest.sha256Inline(message.buffer.span)
        for index in result.indices { unsafe digest[index] = result[index] }
        return PB_OK.rawValue
    }
    unsafe table.hmac_sha256 = { _, key, message, digest in
        guard let digest = unsafe digest else { return PB_INVALID.rawValue }
        let result = unsafe Digest.hmacSHA256Inline(key: key.buffer.span, message.buffer.span)
        for index in result.indices { unsafe digest[index] = result[index] }
        return PB_OK.rawValue
    }
    unsafe table.equal = { _, one, other in
        unsafe ConstantTime.equal(one.buffer.span, other.buffer.span) ? 1 : 0
    }
    HostTable.addPasswords(&table)
    HostTable.addSealing(&table)
    return unsafe permanent(table)
}()

extension HostTable {
    fileprivate static func statements(_ context: UnsafeMutableRawPointer?) -> StatementAccess? {
        guard let generation = unsafe Generation.of(context), generation.phase != .retired,
            generation.service.lane.isCurrent
        else { return nil }
        return generation.statements
    }
}
