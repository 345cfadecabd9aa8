import PatchbayKit

/// Who knows the passwords of VK.
enum Verifier: Equatable {
    /// `vk.add` has told them.
    case accounts
    /// It is asked at this URL.
    case url(String)

    init(_ text: String) throws(ServiceError) {
        if text == "accounts" {
            self = .accounts
        } else if text.hasPrefix("https://") || Self.localPrefixes.contains(where: text.hasPrefix) {
            self = .url(text)
        } else {
            throw ServiceError(
                "option vk_verifier is neither accounts nor an https:// URL: passwords are sent to it; "
                    + "http:// is for this machine alone"
            )
        }
    }

    private static let localPrefixes = ["localhost", "127.0.0.1", "[::1]"].flatMap {
        ["http://\($0)/", "http://\($0):"]
    }
}
