/// A response's three digits, with the usual words for them. RFC 9110 §15, RFC 6585.
package struct HTTPStatus: RawRepresentable, Hashable, Sendable {
    /// 100 to 599; whatever else is given is written as 500.
    package let rawValue: UInt16
    /// Any number.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 100, before the answer: see `ResponseHead.appendContinue`.
    package static let `continue` = HTTPStatus(rawValue: 100)
    /// 101, in answer to an upgrade.
    package static let switchingProtocols = HTTPStatus(rawValue: 101)
    /// 200.
    package static let ok = HTTPStatus(rawValue: 200)
    /// 204, without a body.
    package static let noContent = HTTPStatus(rawValue: 204)
    /// 304, without a body.
    package static let notModified = HTTPStatus(rawValue: 304)
    /// 400, the request breaks the grammar or contradicts itself.
    package static let badRequest = HTTPStatus(rawValue: 400)
    /// 401, with WWW-Authenticate.
    package static let unauthorized = HTTPStatus(rawValue: 401)
    /// 403, also for an Origin that is not allowed.
    package static let forbidden = HTTPStatus(rawValue: 403)
    /// 404.
    package static let notFound = HTTPStatus(rawValue: 404)
    /// 405, with Allow.
    package static let methodNotAllowed = HTTPStatus(rawValue: 405)
    /// 406, with nothing that the client takes.
    package static let notAcceptable = HTTPStatus(rawValue: 406)
    /// 408, the head or body took too long.
    package static let requestTimeout = HTTPStatus(rawValue: 408)
    /// 412, an If-Match or If-Unmodified-Since that is false.
    package static let preconditionFailed = HTTPStatus(rawValue: 412)
    /// 413, the body is over the limit.
    package static let contentTooLarge = HTTPStatus(rawValue: 413)
    /// 414, the target is over 8 KiB.
    package static let targetTooLong = HTTPStatus(rawValue: 414)
    /// 417, an Expect other than 100-continue.
    package static let expectationFailed = HTTPStatus(rawValue: 417)
    /// 426, with Upgrade.
    package static let upgradeRequired = HTTPStatus(rawValue: 426)
    /// 429, best with Retry-After.
    package static let tooManyRequests = HTTPStatus(rawValue: 429)
    /// 431, the head is over the limit.
    package static let headTooLarge = HTTPStatus(rawValue: 431)
    /// 500.
    package static let internalServerError = HTTPStatus(rawValue: 500)
    /// 501, an unknown method or transfer coding.
    package static let notImplemented = HTTPStatus(rawValue: 501)
    /// 503, best with Retry-After.
    package static let serviceUnavailable = HTTPStatus(rawValue: 503)
    /// 504, nobody answered in time.
    package static let gatewayTimeout = HTTPStatus(rawValue: 504)
    /// 505, not HTTP/1.x.
    package static let versionNotSupported = HTTPStatus(rawValue: 505)

    /// Whether a response with it ends at its head whatever was asked. RFC 9112 §6.3.
    package var forbidsBody: Bool { rawValue < 200 || rawValue == 204 || rawValue == 304 }

    /// The words of its registration, or none.
    package var reason: String {
        switch rawValue {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
