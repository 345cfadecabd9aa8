import PatchbayABI

/// Requests to servers elsewhere, by HTTP/1.1; with https the server's certificate is verified. The host makes them beside the
/// service, which goes on meanwhile.
@safe public struct HTTPClient {
    private let host: Host
    private let table: UnsafePointer<pb_http>
    private let pending: PendingFetches

    init?(_ host: Host, _ pending: PendingFetches) {
        guard let found = unsafe host.table.pointee.capability(host.context, PB_HTTP_CLIENT) else {
            return nil
        }
        self.host = host
        self.pending = pending
        unsafe table = found.assumingMemoryBound(to: pb_http.self)
    }

    /// Asks a server for something. Redirects are not followed.
    ///
    /// - Parameters:
    ///   - url: of http or https, without a user name and a fragment; what may not stand in it as it is, is encoded.
    ///   - headers: but those that frame the message or are about the connection, such as Host and Content-Length.
    ///   - body: at most 4 MiB.
    ///   - milliseconds: for all of it; at most 60,000.
    ///   - most: the longest body of the answer, in bytes; at most 4 MiB.
    ///   - done: is called later, once, unless the generation ends before: what it was for is handed to the next one then.
    /// - Returns: false: the url, the method or a header cannot be, or too many are under way: 64 of a service, 256 in all.
    ///   Nobody is called.
    public func fetch(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: some Bytes = "",
        milliseconds: UInt32 = 10_000,
        most: UInt32 = 64 << 10,
        _ done: @escaping (Result<HTTPAnswer, FetchFailure>) -> Void
    ) -> Bool {
        // One buffer for all texts, so that their pointers are good together.
        var text: [UInt8] = []
        func place(_ string: String) -> Range<Int> {
            let start = text.count
            text += string.utf8
            return start..<text.count
        }
        let places = headers.map { (name: place($0.name), value: place($0.value)) }
        let (methodPlace, urlPlace) = (place(method), place(url))
        return unsafe text.withUnsafeBufferPointer { text in
            func part(_ range: Range<Int>) -> pb_bytes {
                let part = unsafe UnsafeBufferPointer(rebasing: text[range])
                return unsafe pb_bytes(data: part.baseAddress, count: part.count)
            }
            let fields = unsafe places.map { place in
                var value = unsafe pb_value()
                unsafe value.type = PB_STRING.rawValue
                unsafe value.bytes = part(place.value)
                return unsafe pb_named(name: part(place.name), value: value)
            }
            return unsafe fields.withUnsafeBufferPointer { fields in
                unsafe body.lend { body in
                    var fetch = unsafe pb_fetch(
                        size: UInt32(MemoryLayout<pb_fetch>.size),
                        milliseconds: milliseconds,
                        most: most,
                        reserved: 0,
                        method: part(methodPlace),
                        url: part(urlPlace),
                        headers: fields.baseAddress,
                        header_count: fields.count,
                        body: body
                    )
                    return unsafe pending.ask(done) { ticket, user in
                        unsafe table.pointee.fetch(host.context, &fetch, ticket, PendingFetches.done, user)
                    }
                }
            }
        }
    }
}

/// What a server answered.
public struct HTTPAnswer: Sendable {
    /// 200 to 599.
    public let status: Int
    /// All of the body, its chunks put together.
    public let body: [UInt8]
    private let headers: [(name: String, value: String)]

    init(_ answer: pb_fetched) {
        status = unsafe Int(answer.status)
        body = unsafe answer.body.array
        let given = unsafe UnsafeBufferPointer(
            start: answer.headers,
            count: answer.headers == nil ? 0 : answer.header_count
        )
        headers = unsafe given.map { unsafe ($0.name.string, $0.value.bytes.string) }
    }

    /// The value of the first header of a name, which is given in lower case.
    public subscript(header name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why there is no answer.
public struct FetchFailure: Error, Equatable, Sendable {
    /// One sentence, without the URL's path and query. Whether the request was carried out is not known.
    public let sentence: String
}
