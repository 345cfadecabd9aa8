import PatchbayABI

/// A request over plain HTTP, as it came: nothing in it is decoded. It is answered once, now or later; that of a
/// connection which is to open, by a verdict.
public struct Request {
    /// All of the body.
    public let body: [UInt8]
    // Texts are made when they are asked for: most are not.
    private let text: [UInt8]
    // Of method, path, below, query and address, and then of names and values of headers.
    private let parts: [Range<Int>]
    private let host: Host
    private let ticket: UInt64

    init(_ host: Host, _ request: pb_request) {
        self.host = host
        ticket = unsafe request.ticket
        body = unsafe request.body.array
        let given = unsafe UnsafeBufferPointer(
            start: request.headers,
            count: request.headers == nil ? 0 : request.header_count
        )
        var text: [UInt8] = []
        var parts: [Range<Int>] = []
        text.reserveCapacity(1024)
        parts.reserveCapacity(Self.first + given.count * 2)
        func add(_ bytes: pb_bytes) {
            let start = text.count
            unsafe text.append(contentsOf: bytes.buffer)
            parts.append(start..<text.count)
        }
        unsafe add(request.method)
        unsafe add(request.path)
        unsafe add(request.below)
        unsafe add(request.query)
        unsafe add(request.address)
        for index in given.indices {
            unsafe add(given[index].name)
            unsafe add(given[index].value.bytes)
        }
        self.text = text
        self.parts = parts
    }

    private static let first = 5  // the first header's name among the parts

    private func part(_ index: Int) -> String { String(decoding: text[parts[index]], as: UTF8.self) }

    /// `GET`, `POST`, …; a HEAD that has no handler of its own says HEAD here and goes to the one of GET.
    public var method: String { part(0) }
    /// The whole path.
    public var path: String { part(1) }
    /// The path's end: what follows the path of plugins.conf.
    public var below: String { part(2) }
    /// What follows the `?`; empty when there is none.
    public var query: String { part(3) }
    /// The client's address.
    public var address: String { part(4) }

    /// The value of the first header of a name, which is given in lower case.
    public subscript(header name: String) -> String? { places(of: name).first.map(part) }

    /// The values of all headers of a name, which is given in lower case, in order: a client may send two of `cookie`.
    public func headers(_ name: String) -> [String] { places(of: name).map(part) }

    private func places(of name: String) -> [Int] {
        stride(from: Self.first, to: parts.count, by: 2).filter { text[parts[$0]].elementsEqual(name.utf8) }
            .map { $0 + 1 }
    }

    /// Answers. `.gone` for the request of a connection, which is not answered so.
    ///
    /// - Parameters:
    ///   - status: 200 to 599.
    ///   - contentType: of the body.
    ///   - headers: others, but those of the connection and of the length, which are the host's.
    /// - Returns: `.gone` when it has been answered or nobody waits any more.
    @discardableResult
    public func respond(
        _ status: Int = 200,
        _ body: some Bytes,
        contentType: String = "text/plain; charset=utf-8",
        headers: [(name: String, value: String)] = []
    ) -> Status {
        var text: [UInt8] = []
        var places: [(name: Range<Int>, value: Range<Int>)] = []
        text.reserveCapacity(128)
        places.reserveCapacity(headers.count + 1)
        func add(_ name: String, _ value: String) {
            let start = text.count
            text += name.utf8
            let middle = text.count
            text += value.utf8
            places.append((start..<middle, middle..<text.count))
        }
        for (name, value) in headers { add(name, value) }
        add("Content-Type", contentType)
        let answer = unsafe text.withUnsafeBufferPointer { text in
            let fields = unsafe places.map { place in
                var value = unsafe pb_value()
                unsafe value.type = PB_STRING.rawValue
                unsafe value.bytes = Self.part(text, place.value)
                return unsafe pb_named(name: Self.part(text, place.name), value: value)
            }
            return unsafe fields.withUnsafeBufferPointer { fields in
                unsafe body.lend { body in
                    unsafe host.table.pointee.respond(
                        host.context,
                        ticket,
                        UInt32(clamping: status),
                        fields.baseAddress,
                        fields.count,
                        body
                    )
                }
            }
        }
        return Status(answer)
    }

    private static func part(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> pb_bytes {
        let part = unsafe UnsafeBufferPointer(rebasing: text[range])
        return unsafe pb_bytes(data: part.baseAddress, count: part.count)
    }
}
