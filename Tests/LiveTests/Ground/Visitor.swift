import Foundation

/// Somebody who looks at one web page in a headless Chromium of their own, and uses mouse and keyboard.
final class Visitor {
    private let program: Program
    private let folder: TemporaryFolder

    /// - Parameter language: the browser's, such as `ru-RU`.
    init(language: String = "en-US") throws {
        folder = try TemporaryFolder()
        let words = [Products.client("visitor.py"), folder.file("profile"), language]
        program = try Program("python3", words, errors: folder.file("log"))
    }

    deinit {
        program.endInput()
        _ = try? program.waitForEnd()
    }

    func open(_ address: String) throws { try perform(["do": "open", "address": address]) }

    /// Loads the page again, and waits for it.
    func reload() throws { try perform(["do": "reload"]) }

    /// Waits until an expression of JavaScript is true in the page.
    func wait(until expression: String) throws { try perform(["do": "until", "holds": expression]) }

    /// Waits until an expression of JavaScript is a text that is not empty, and answers it.
    func text(_ expression: String) throws -> String {
        try perform(["do": "until", "holds": expression]) as? String ?? ""
    }

    /// The texts that an expression of JavaScript is a list of.
    func texts(_ expression: String) throws -> [String] {
        try perform(["do": "until", "holds": expression]) as? [String] ?? []
    }

    func click(_ selector: String) throws { try perform(["do": "click", "at": selector]) }

    func type(_ text: String) throws { try perform(["do": "type", "text": text]) }

    func press(_ key: String) throws { try perform(["do": "press", "key": key]) }

    func resize(width: Int, height: Int, mobile: Bool = false, dark: Bool = false) throws {
        try perform(["do": "size", "width": width, "height": height, "mobile": mobile, "dark": dark])
    }

    /// What the page threw, and what the browser refused it.
    func troubles() throws -> [String] { try perform(["do": "troubles"]) as? [String] ?? [] }

    @discardableResult
    private func perform(_ task: [String: Any]) throws -> Any? {
        try program.write(String(decoding: try JSONSerialization.data(withJSONObject: task), as: UTF8.self))
        guard let line = try program.readLine(Deadline(seconds: 60)) else {
            throw Unexpected(folder.text("log"))
        }
        let answer = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if let error = answer?["error"] as? String { throw Unexpected(error) }
        return answer?["value"]
    }
}
