import PatchbayABI
import PatchbayKit

/// A service whose setup and saving a test writes, created and destroyed through its C table.
final class Probe: Framer {
    static let manifest = Manifest(
        name: "Probe",
        version: "1.2",
        summary: "For tests",
        stateVersion: 4,
        options: [
            .integer("history", initial: 1000, in: 1...5000, meaning: "messages kept"),
            .choice("dialect", of: ["document", "original"], initial: "document", meaning: "which"),
            .boolean("open", meaning: "or not").required,
        ],
        migrations: ["CREATE TABLE one (a)", "CREATE TABLE two (b)"]
    )
    nonisolated(unsafe) static var setUp: (Setup<Probe>) throws(ServiceError) -> Void = { _ in }
    nonisolated(unsafe) static var alive = 0
    nonisolated(unsafe) static var found: Frame?  // instead of what is there

    let host: Host
    var heard: [String] = []
    var kept: [Message] = []
    var secrets: Secrets?

    init(_ setup: Setup<Probe>) throws(ServiceError) {
        host = setup.host
        unsafe Self.alive += 1
        unsafe try Self.setUp(setup)
    }

    deinit { unsafe Self.alive -= 1 }

    /// Messages stand in brackets.
    static func frame(_ bytes: Span<UInt8>) -> Frame {
        if let found = unsafe found { return found }
        guard bytes.count > 0 else { return .needMore }
        guard bytes[0] == UInt8(ascii: "[") else { return .wrong }
        let end = bytes.indices.first { bytes[$0] == UInt8(ascii: "]") }
        return end.map { .message(1..<$0, used: $0 + 1) } ?? .needMore
    }

    func save() -> [UInt8] { Array(heard.joined(separator: ",").utf8) }
}

/// One life of a probe and the host that it lives in.
@safe final class Life {
    let host = FakeHost()
    private let service: UnsafeMutableRawPointer?
    private let table: UnsafePointer<pb_plugin>

    /// Nil service: it was refused, and `host.refusal` says why.
    init(
        restored: String = "",
        options: [String: Int64] = [:],
        registrationAnswer: Int32 = 0,
        tableSize: Int = unsafe MemoryLayout<pb_host>.size,
        setupSize: Int = unsafe MemoryLayout<pb_setup>.size,
        secretsSize: Int = 0,
        hasClaims: Bool = true,
        _ setUp: @escaping (Setup<Probe>) throws(ServiceError) -> Void
    ) {
        unsafe FakeHost.current = host
        unsafe UnsafeMutablePointer(mutating: FakeHost.table).pointee.size = UInt32(tableSize)
        host.options = options
        host.registrationAnswer = registrationAnswer
        host.secretsSize = secretsSize
        host.hasClaims = hasClaims
        unsafe Probe.setUp = setUp
        unsafe table = Export.table(Probe.self)
        var setup = unsafe pb_setup()
        unsafe setup.size = UInt32(setupSize)
        unsafe setup.is_exposed = 1
        unsafe setup.start = restored.isEmpty ? PB_START.rawValue : PB_RELOAD.rawValue
        unsafe setup.restored_version = 4
        let create = unsafe table.pointee.create
        unsafe service = Life.lend(restored) { bytes in
            unsafe setup.restored = bytes
            return unsafe create?(FakeHost.table, &setup)
        }
    }

    var isRefused: Bool { unsafe service == nil }

    var saved: String {
        var state = unsafe pb_bytes()
        _ = unsafe table.pointee.save(service, &state)
        return unsafe FakeHost.text(state)
    }

    func destroy() {
        unsafe table.pointee.destroy(service)
        unsafe Probe.setUp = { _ in }
    }

    /// Hands over a message as the host does; the payload is the part of `body` after `skipping` bytes.
    func message(
        _ body: String,
        type: String = "",
        skipping: Int = 0,
        as name: String? = nil,
        on endpoint: String = ""
    ) {
        guard let registration = unsafe host.registration(name ?? type, on: endpoint) else { return }
        unsafe with(body, type, skipping) { message in
            unsafe registration.message?(registration.address, pb_connection(bits: 1), message)
        }
    }

    func refuse(_ body: String, _ refusal: UInt32) {
        guard let registration = unsafe host.registration("refused") else { return }
        unsafe with(body, "", 0) { message in
            unsafe registration.refused?(registration.address, pb_connection(bits: 1), message, refusal)
        }
    }

    func fire(_ timer: String, key: String) {
        guard let registration = unsafe host.registration(timer) else { return }
        unsafe Life.lend(key) { unsafe registration.timer?(registration.address, $0) }
    }

    func lose(_ kind: String, name: String) {
        guard let registration = unsafe host.registration(kind) else { return }
        unsafe Life.lend(name) { unsafe registration.lost?(registration.address, pb_connection(bits: 1), $0) }
    }

    func grant(_ kind: String, name: String) {
        guard let registration = unsafe host.registration(kind) else { return }
        unsafe Life.lend(name) {
            unsafe registration.granted?(registration.address, pb_connection(bits: 2), $0)
        }
    }

    func open() {
        guard let registration = unsafe host.registration("open") else { return }
        unsafe registration.opened?(registration.address, pb_connection(bits: 1))
    }

    func close(_ code: UInt32, _ reason: String) {
        guard let registration = unsafe host.registration("close") else { return }
        unsafe Life.lend(reason) {
            unsafe registration.closed?(registration.address, pb_connection(bits: 1), code, $0)
        }
    }

    func call(_ command: String, _ name: String, _ value: String) {
        guard let registration = unsafe host.registration(command) else { return }
        unsafe Life.lend(name) { name in
            unsafe Life.lend(value) { value in
                var text = unsafe pb_value()
                unsafe text.type = PB_STRING.rawValue
                unsafe text.bytes = value
                var argument = unsafe pb_named(name: name, value: text)
                unsafe withUnsafePointer(to: &argument) { argument in
                    var call = unsafe pb_call(
                        size: 40,
                        reserved: 0,
                        ticket: 9,
                        arguments: argument,
                        argument_count: 1
                    )
                    unsafe registration.command?(registration.address, &call)
                }
            }
        }
    }

    /// Hands over the request by which connection 5 comes: three headers, of which two are cookies.
    func upgrade(on endpoint: String, cookies: (String, String)) {
        guard let registration = unsafe host.registration("auth", on: endpoint) else { return }
        let texts = ["cookie", cookies.0, "host", "a", "cookie", cookies.1]
        let all = Array(texts.joined().utf8)
        unsafe all.withUnsafeBufferPointer { all in
            var start = 0
            let parts = unsafe texts.map { text in
                defer { start += text.utf8.count }
                return unsafe pb_bytes(
                    data: all.baseAddress.map { unsafe $0 + start },
                    count: text.utf8.count
                )
            }
            let fields = unsafe [0, 2, 4].map { place in
                var value = unsafe pb_value()
                unsafe value.type = PB_STRING.rawValue
                unsafe value.bytes = parts[place + 1]
                return unsafe pb_named(name: parts[place], value: value)
            }
            unsafe fields.withUnsafeBufferPointer { fields in
                var request = unsafe pb_request()
                unsafe request.size = UInt32(MemoryLayout<pb_request>.size)
                unsafe request.headers = fields.baseAddress
                unsafe request.header_count = fields.count
                unsafe registration.upgrade?(registration.address, pb_connection(bits: 5), &request)
            }
        }
    }

    /// Hands over a request with ticket 7 and one header.
    func request(_ name: String, path: String, below: String, header: (String, String), body: String) {
        guard let registration = unsafe host.registration(name) else { return }
        unsafe Life.lend(path) { path in
            unsafe Life.lend(below) { below in
                unsafe Life.lend(header.0) { name in
                    unsafe Life.lend(header.1) { value in
                        unsafe Life.lend(body) { body in
                            var text = unsafe pb_value()
                            unsafe text.type = PB_STRING.rawValue
                            unsafe text.bytes = value
                            var field = unsafe pb_named(name: name, value: text)
                            unsafe withUnsafePointer(to: &field) { field in
                                var request = unsafe pb_request()
                                unsafe request.size = UInt32(MemoryLayout<pb_request>.size)
                                unsafe request.ticket = 7
                                unsafe request.path = path
                                unsafe request.below = below
                                unsafe request.headers = field
                                unsafe request.header_count = 1
                                unsafe request.body = body
                                unsafe registration.request?(registration.address, &request)
                            }
                        }
                    }
                }
            }
        }
    }

    private func with(
        _ body: String,
        _ type: String,
        _ skipping: Int,
        _ use: (UnsafePointer<pb_message>) -> Void
    ) {
        unsafe Life.lend(body) { body in
            unsafe Life.lend(type) { type in
                let payload = unsafe pb_bytes(
                    data: body.data.map { unsafe $0 + skipping },
                    count: body.count - skipping
                )
                var message = unsafe pb_message(
                    size: 56,
                    kind: PB_TEXT.rawValue,
                    body: body,
                    type: type,
                    payload: payload
                )
                unsafe use(&message)
            }
        }
    }

    /// Lends the bytes from memory that is spoilt afterwards, as a host's buffers are.
    private static func lend<Result>(_ text: String, _ body: (pb_bytes) -> Result) -> Result {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.utf8.count))
        defer { unsafe copy.deallocate() }
        unsafe copy.initialize(repeating: 0)
        for (index, byte) in text.utf8.enumerated() { unsafe copy[index] = byte }
        defer { unsafe copy.update(repeating: 0xff) }
        return unsafe body(pb_bytes(data: UnsafePointer(copy.baseAddress), count: text.utf8.count))
    }
}
