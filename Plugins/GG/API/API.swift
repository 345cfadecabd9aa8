import JSON
import PatchbayKit

/// The HTTP API, by which a site administers the chat: it does what the commands do.
extension GGService {
    /// What a request is answered when it could be done: a status and a JSON object.
    struct APIAnswer {
        let status: Int
        let body: JSONWriter

        init(_ status: Int, _ members: (inout JSONWriter) -> Void) {
            self.status = status
            var writer = JSONWriter()
            writer.beginObject()
            members(&writer)
            writer.endObject()
            body = writer
        }

        static func made(_ members: (inout JSONWriter) -> Void) -> APIAnswer { APIAnswer(201, members) }
        static func done(_ members: (inout JSONWriter) -> Void) -> APIAnswer { APIAnswer(200, members) }

        static func error(_ status: Int, _ sentence: String) -> APIAnswer {
            APIAnswer(status) { writer in writer.member("error", sentence) }
        }
    }

    static func registerAPI(_ setup: Setup<GGService>) {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            setup.onRequest(method, "/*", on: "api") { gg, request in gg.serve(request) }
        }
    }

    private func serve(_ request: PatchbayKit.Request) {
        let (answer, headers) = answer(to: request)
        request.respond(
            answer.status,
            answer.body,
            contentType: "application/json",
            headers: [("Cache-Control", "no-store")] + headers
        )
    }

    private func answer(to request: PatchbayKit.Request) -> (APIAnswer, headers: [(String, String)]) {
        do throws(AdministrationError) {
            guard try isAuthorized(request) else {
                return (.error(401, "The header authorization needs a credential: ID:TOKEN"), [])
            }
            guard let resource = APIResource(path: request.below) else {
                return (.error(404, "Nothing has this path"), [])
            }
            guard resource.methods.contains(request.method) else {
                let allowed = resource.methods.joined(separator: ", ")
                return (.error(405, "This path has other methods: \(allowed)"), [("Allow", allowed)])
            }
            return (try perform(request, on: resource), [])
        } catch {
            return (.error(Self.status(of: error.kind), error.sentence), [])
        }
    }

    private static func status(of kind: AdministrationError.Kind) -> Int {
        switch kind {
        case .missing: 404
        case .exists: 409
        case .invalid: 422
        case .store, .busy: 503
        }
    }

    private func perform(_ request: PatchbayKit.Request, on resource: APIResource) throws(AdministrationError)
        -> APIAnswer
    {
        let isRemoval = request.method == "DELETE"
        switch resource {
        case .online: return try listOnline(request.query)
        case .user(let id) where isRemoval: return try deleteUser(id)
        case .channel(let id) where isRemoval: return try deleteChannel(id)
        default: break
        }
        let body = try APIBody(request.body)
        switch resource {
        case .users: return try postUser(body)
        case .user(let id): return try putUser(id, body)
        case .grant(let id): return try postGrant(id, body)
        case .group(let id): return try changeGroup(id, body, isRemoval)
        case .smile(let id): return try changeSmile(id, body, isRemoval)
        case .channels: return try postChannel(body)
        case .channel(let id): return try putChannel(id, body)
        case .online: preconditionFailure("answered above")
        }
    }
}
