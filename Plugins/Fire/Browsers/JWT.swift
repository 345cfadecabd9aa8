import JSON
import PatchbayKit

/// A JSON Web Token (RFC 7519) signed with HMAC and SHA-256 (RFC 7515), whose payload says who somebody is.
enum JWT {
    /// Who the token says that it is; nil: it is not signed with the key, not yet or no longer good, or says nobody.
    ///
    /// The algorithm is not the token's to choose: it is HS256, or the token is refused.
    ///
    /// - Parameter now: milliseconds since 1970.
    static func user(_ token: [UInt8], key: [UInt8], now: Int64, _ secrets: Secrets) -> Claim? {
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decoded(parts[2]),
            let header = Base64URL.decoded(parts[0]), let payload = Base64URL.decoded(parts[1])
        else { return nil }
        let signed = token[..<parts[1].endIndex]
        guard secrets.equal(secrets.hmac(key: key, signed), signature), isAccepted(header) else { return nil }
        return claim(payload, now: now)
    }

    /// A user, and how the payload writes it: a number or a string.
    struct Claim {
        let user: UserID
        let json: [UInt8]

        init?(_ field: Field) {
            guard let user = UserID(field) else { return nil }
            self.user = user
            json = Array(field.raw)
        }
    }

    private static func isAccepted(_ header: [UInt8]) -> Bool {
        guard let fields = Field(json: header).fields, fields.areUnambiguous else { return false }
        return fields["alg"].equals("HS256") && fields["crit"].isAbsent
    }

    /// The payload is an object that has the user as `i`, or the user alone.
    private static func claim(_ payload: [UInt8], now: Int64) -> Claim? {
        let value = Field(json: payload)
        guard let fields = value.fields else { return Claim(value) }
        guard fields.areUnambiguous, let begin = seconds(fields["nbf"], absent: -.infinity),
            let end = seconds(fields["exp"], absent: .infinity)
        else { return nil }
        let now = Double(now) / 1000
        return begin <= now && now < end ? Claim(fields["i"]) : nil
    }

    /// A time in seconds since 1970; nil: it is no number.
    private static func seconds(_ field: Field, absent: Double) -> Double? {
        field.isAbsent ? absent : field.number
    }
}

extension Fields {
    /// Whether each name stands once.
    fileprivate var areUnambiguous: Bool {
        let names = names
        return Set(names).count == names.count
    }
}
