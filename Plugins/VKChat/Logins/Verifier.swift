import PatchbayKit

/// Who knows the passwords of VK.
enum Verifier {
    /// `vk.add` has told them.
    case accounts
    /// It is asked at this URL.
    case url(String, HTTPClient)

    init(_ text: String, _ http: HTTPClient?) throws(ServiceError) {
        guard text != "accounts" else {
            self = .accounts
            return
        }
        guard text.hasPrefix("https://") || Self.localPrefixes.contains(where: text.hasPrefix) else {
            throw ServiceError(
                "option vk_verifier is neither accounts nor an https:// URL: passwords are sent to it; "
                    + "http:// is for this machine alone"
            )
        }
        guard let http else {
            throw ServiceError("this host makes no requests of its own; vk_verifier can but be accounts")
        }
        self = .url(text, http)
    }

    private static let localPrefixes = ["localhost", "127.0.0.1", "[::1]"].flatMap {
        ["http://\($0)/", "http://\($0):"]
    }
}
