import Net
import PatchbayABI
import Wire

/// A request that the plugin has and has not answered: where the answer goes.
struct OpenRequest {
    let handle: ConnectionHandle
    let number: UInt32
}

// Plain requests, handed on to the plugin, and its answers.
extension Service {
    func request(_ request: Request) {
        let open = OpenRequest(handle: request.handle, number: request.number)
        guard let generation else {
            return respond(open, Response(HTTPFailure(.serviceUnavailable, "the service is down")))
        }
        statistics.messages += 1
        let bytes = request.head.bytes
        let method = Array(bytes[request.head.method])
        switch generation.endpoints[request.binding].requests.match(
            method: method,
            path: bytes[request.below]
        ) {
        case .handler(let handler):
            lastTicket += 1
            requests[lastTicket] = open
            if isDeferred { undo.append(.asked(ticket: lastTicket)) }
            call(handler, request, ticket: lastTicket)
            replay()
        case .otherMethod(let allowed):
            respond(open, Service.refusal(of: request, allowed: allowed))
        case .none:
            respond(open, Response(HTTPFailure(.notFound, "nothing is served at this path")))
        }
    }

    private func call(_ handler: RequestHandler, _ request: Request, ticket: UInt64) {
        errand = Errand(ticket: ticket, .request(request))
        handler.call(request, ticket: ticket)
        errand = nil
        settleClaims()
    }

    /// Hands on a request that the generation before had and did not answer. Where it was answered meanwhile, nothing.
    func requestAgain(_ request: Request, ticket: UInt64) {
        guard let open = requests[ticket], let generation else { return }
        switch generation.endpoints[request.binding].requests.match(
            method: Array(request.head.bytes[request.head.method]),
            path: request.head.bytes[request.below]
        ) {
        case .handler(let handler):
            call(handler, request, ticket: ticket)
            replay()
        case .otherMethod, .none:
            requests[ticket] = nil
            if isDeferred { undo.append(.answered(ticket: ticket, open)) }
            respond(open, Response(HTTPFailure(.notFound, "nothing is served at this path")))
        }
    }

    private static func refusal(of request: Request, allowed: [String]) -> Response {
        let fields = [ResponseField("Allow", allowed.joined(separator: ", "))]
        if request.head.isMethod("OPTIONS") {
            return Response(.noContent, contentType: "", body: [], fields: fields, keepsAlive: true)
        }
        return Response(HTTPFailure(.methodNotAllowed, "this path has other methods", fields: fields))
    }

    /// Takes the plugin's answer. False: there is no such request, or it has been answered.
    func respond(ticket: UInt64, _ response: Response) -> Bool {
        guard let open = requests.removeValue(forKey: ticket) else { return false }
        if isDeferred { undo.append(.answered(ticket: ticket, open)) }
        respond(open, response)
        return true
    }

    private func respond(_ open: OpenRequest, _ response: Response) {
        statistics.sent += 1
        if let loop = direct(open.handle) {
            loop.respond(open.handle, number: open.number, response)
        } else {
            outgoing[open.handle.loop].respond(open.handle, number: open.number, response)
        }
    }

    /// Nobody waits for the connection's answer any more.
    func abandon(_ handle: ConnectionHandle) {
        for (ticket, open) in requests where open.handle == handle {
            requests[ticket] = nil
            if isDeferred { undo.append(.answered(ticket: ticket, open)) }
        }
    }

    /// The batch that handled the request was not stored.
    func refuseUnstored(_ request: Request) {
        let open = OpenRequest(handle: request.handle, number: request.number)
        respond(open, Response(HTTPFailure(.serviceUnavailable, "temporary failure: nothing was changed")))
    }

    /// Answers all that are open, for nobody else will.
    func refuseRequests() {
        let open = requests.values
        requests = [:]
        for request in open {
            respond(request, Response(HTTPFailure(.serviceUnavailable, "the service is down")))
        }
    }
}

extension RequestHandler {
    func call(_ request: Request, ticket: UInt64) {
        unsafe request.lend(ticket: ticket) { unsafe function(context, $0) }
    }
}

extension Request {
    /// Lends it to a handler of the plugin's.
    func lend(ticket: UInt64, _ body: (UnsafePointer<pb_request>) -> Void) {
        let address = Array(address.utf8)
        // Names in lower case, one after the other.
        var names: [UInt8] = []
        for index in 0..<head.fields.count {
            names += head.bytes[head.fields[index].name].map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        }
        unsafe head.bytes.withPluginBytes { bytes in
            unsafe names.withPluginBytes { names in
                var start = 0
                let fields = unsafe (0..<head.fields.count).map { index in
                    let (name, value) = head.fields[index]
                    defer { start += name.count }
                    var field = unsafe pb_value()
                    unsafe field.type = PB_STRING.rawValue
                    unsafe field.bytes = bytes.part(value)
                    return unsafe pb_named(name: names.part(start..<start + name.count), value: field)
                }
                unsafe lend(ticket, bytes, fields, address, body)
            }
        }
    }

    private func lend(
        _ ticket: UInt64,
        _ bytes: pb_bytes,
        _ fields: [pb_named],
        _ address: [UInt8],
        _ body: (UnsafePointer<pb_request>) -> Void
    ) {
        unsafe content.withPluginBytes { content in
            unsafe address.withPluginBytes { address in
                unsafe fields.withUnsafeBufferPointer { fields in
                    var view = unsafe pb_request()
                    unsafe view.size = UInt32(MemoryLayout<pb_request>.size)
                    unsafe view.ticket = ticket
                    unsafe view.method = bytes.part(head.method)
                    unsafe view.path = bytes.part(head.path)
                    unsafe view.query = bytes.part(head.query ?? 0..<0)
                    unsafe view.body = content
                    unsafe view.headers = fields.baseAddress
                    unsafe view.header_count = fields.count
                    unsafe view.below = bytes.part(below)
                    unsafe view.address = address
                    unsafe body(&view)
                }
            }
        }
    }
}

extension pb_bytes {
    fileprivate func part(_ range: Range<Int>) -> pb_bytes {
        unsafe pb_bytes(UnsafeBufferPointer(rebasing: buffer[range]))
    }
}
