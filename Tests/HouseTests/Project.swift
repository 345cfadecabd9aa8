import Foundation

/// The project's files as they stand in the checkout that is tested.
enum Project {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every file below a folder with that extension, as paths from the root.
    static func files(in folder: String, _ suffix: String) -> [String] {
        let base = root.appendingPathComponent(folder)
        guard let walk = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }
            .sorted()
    }

    static func lines(of path: String) throws -> [String] {
        let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        return text.components(separatedBy: "\n")
    }

    /// The modules that a file imports, whatever stands before the word.
    static func imports(of path: String) throws -> Set<String> {
        Set(
            try lines(of: path).compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(isModifier),
                    place + 1 < words.count
                else { return nil }
                return words[place + 1]
            }
        )
    }

    private static func isModifier(_ word: String) -> Bool {
        ["public", "package", "internal", "private", "@testable", "@_exported"].contains(word)
    }
}
