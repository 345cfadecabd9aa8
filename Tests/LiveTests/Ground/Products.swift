import Foundation

/// Where the built files and the sources are.
enum Products {
    /// The folder of the built binaries and plugins. `swift test` runs the bundle by a helper of the toolchain, so
    /// the bundle's path is an argument.
    static let folder: String = {
        let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path()
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? executable
        return URL(filePath: bundle).deletingLastPathComponent().path().trimmingSuffix("/")
    }()

    static let patchbay = "\(folder)/patchbay"

    /// The package's folder.
    static let root: String = {
        var url = URL(filePath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path().trimmingSuffix("/")
    }()

    /// Made by Tests/python-environment.
    static let python = "\(root)/.build/python/bin/python"

    /// A file that `Tests/certificates` makes.
    static func certificate(_ file: String) -> String { "\(root)/.build/certificates/\(file)" }

    /// A script for another library's client.
    static func client(_ name: String) -> String { "\(root)/Tests/LiveTests/Clients/\(name)" }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
