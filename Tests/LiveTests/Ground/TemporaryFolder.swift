import Foundation

/// A folder for one test, removed with all that is in it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "live-\(UUID())").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
    }

    /// A file's text; empty when there is no such file.
    func text(_ name: String) -> String { (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? "" }

    /// A file's bytes, each as a character of its own; empty when there is no such file.
    func characters(_ name: String) -> String {
        let bytes = (try? Data(contentsOf: URL(filePath: file(name)))) ?? Data()
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Everything below the folder `name`, as paths in it.
    func files(below name: String) -> [String] {
        (FileManager.default.enumerator(atPath: file(name))?.compactMap { $0 as? String } ?? []).sorted()
    }

    /// The permissions of a file, such as 0o600.
    func mode(_ name: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file(name))
        return attributes?[.posixPermissions] as? Int
    }
}
