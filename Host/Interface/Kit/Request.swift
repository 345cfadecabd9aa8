import PatchbayABI

/// A request over plain HTTP, as it came: nothing in it is decoded. It is answered once, now or later; that of a
/// connection which is to open, by a verdict.
public struct Request {
    /// `GET`, `POST`, …; a HEAD that has no handler of its own says HEAD here and goes to the one of GET.
    public let method: String
    /// The whole path.
    public let path: String
    /// The path's end: what follows the path of plugins.conf.
    public let below: String
    /// What follows the `?`; empty when there is none.
    public let query: String
    /// The client's address.
    public let address: String
    /// All of the body.
    public let body: [UInt8]
    private let headers: [(name: String, value: String)]
    private let host: Host
    private let ticket: UInt64

    init(_ host: Host, _ request: pb_request) {
        self.host = host
        ticket = unsafe request.ticket
        method = unsafe request.method.string
        path = unsafe request.path.string
        below = unsafe request.below.string
        query = unsafe request.query.string
        address = unsafe request.address.string
        body = unsafe request.body.array
        let given = unsafe UnsafeBufferPointer(
            start: request.headers,
            count: request.headers == nil ? 0 : request.header_count
        )
        headers = unsafe given.map { unsafe ($0.name.string, $0.value.bytes.string) }
    }

    /// The value of the first header of a name, which is given in lower case.
    public subscript(header name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The values of all headers of a name, which is given in lower case, in order: a client may send two of `cookie`.
    public func headers(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

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
        for (name, value) in headers + [("Content-Type", contentType)] {
            let start = text.count
            text += name.utf8
            let middle = text.count
            text += value.utf8
            places.append((start..<middle, middle..<text.count))
        }
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
