// Until the rest of patchbay.h 1.3 is there.
import PatchbayKit
extension Setup {
    func framing(_ f: Framing, maximum: Int, on e: String) { framing(f, on: e) }
    func grammar(
        _ g: Grammar,
        loginFirst: Bool,
        loginMilliseconds: Int,
        loginCode: UInt32,
        loginReason: String
    ) { grammar(g, loginFirst: loginFirst, loginMilliseconds: loginMilliseconds) }
    var isExposed: Bool { false }
}
extension Host { func tryLogin(from a: [UInt8]) -> LoginTry? { tryLogin(account: "", from: a) } }
extension Secrets {
    func seal(_ a: [UInt8], key: [UInt8], associated: [UInt8]) -> [UInt8] { a }
    func open(_ a: [UInt8], key: [UInt8], associated: [UInt8]) -> [UInt8]? { a }
}
