import JSON
import PatchbayKit

/// The cookie `auth`, in all the ways in which programs in the field write it.
///
/// Its value is `type=password&auth=DATA`, in double quotes or not, percent-encoded or not, and DATA is
/// `{"username":…,"password":…}` or `username:password`, form-encoded or not.
enum AuthCookie: Equatable {
    case password(username: String, password: [UInt8])
    /// Of another type, such as telegram: nobody's failure.
    case other

    /// What the first well-formed one says; nil: there is none.
    ///
    /// - Parameter headers: the values of the headers `Cookie`.
    static func find(in headers: [String]) -> AuthCookie? {
        for header in headers {
            for cookie in Cookie.all(in: Array(header.utf8)) where cookie.name.elementsEqual("auth".utf8) {
                if let found = AuthCookie(cookie.value) { return found }
            }
        }
        return nil
    }

    init?(_ value: [UInt8]) {
        guard let parts = Self.split(value) ?? Self.split(FormText.decoded(value[...])) else { return nil }
        guard parts.type.starts(with: "type=".utf8) else { return nil }
        guard parts.type.dropFirst(5).elementsEqual("password".utf8) else {
            self = .other
            return
        }
        let isJSON = parts.data.first == UInt8(ascii: "{")
        let data =
            isJSON || !FormText.isEncoded(parts.data) ? Array(parts.data) : FormText.decoded(parts.data)
        guard let found = data.first == UInt8(ascii: "{") ? Self.members(data) : Self.pair(data) else {
            return nil
        }
        self = found
    }

    private static func split(_ value: [UInt8]) -> (type: ArraySlice<UInt8>, data: ArraySlice<UInt8>)? {
        let separator = Array("&auth=".utf8)
        guard value.count >= separator.count else { return nil }
        let start = (0...value.count - separator.count).first { value[$0...].starts(with: separator) }
        guard let start else { return nil }
        return (value[..<start], value[(start + separator.count)...])
    }

    /// `{"username":…,"password":…}`
    private static func members(_ data: [UInt8]) -> AuthCookie? {
        guard let members = Field(json: data).fields, let username = members["username"].string,
            let password = members["password"].text
        else { return nil }
        return .password(username: username, password: password)
    }

    /// `username:password`
    private static func pair(_ data: [UInt8]) -> AuthCookie? {
        guard let colon = data.firstIndex(of: UInt8(ascii: ":")),
            let username = String(validating: data[..<colon], as: UTF8.self)
        else { return nil }
        return .password(username: username, password: Array(data[(colon + 1)...]))
    }
}
