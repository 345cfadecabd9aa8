import Foundation
import Synchronization

/// A small plugin of Tests/Faults, built by the C compiler that the machine has.
struct FaultPlugin {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    let source: String  // `puppet`: Tests/Faults/puppet.c
    var defines: [String] = []  // `STORE`, `GENERATION="2"`

    /// What was built already, by source and defines.
    private static let built = Mutex<[String: Data]>([:])

    /// Builds it as `path`.
    func build(to path: String) throws {
        let name = "\(source) \(defines)"
        if let file = FaultPlugin.built.withLock({ $0[name] }) {
            return try file.write(to: URL(filePath: path))
        }
        try compile(to: path)
        let file = try Data(contentsOf: URL(filePath: path))
        FaultPlugin.built.withLock { $0[name] = file }
    }

    private func compile(to path: String) throws {
        let include = FaultPlugin.root.appending(path: "../Host/Interface/ABI/include").standardizedFileURL
            .path()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I\(include)"]
            + defines.map { "-D\($0)" }
            + ["-o", path, FaultPlugin.root.appending(path: "Faults/\(source).c").path()]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw FailedBuild(source: source) }
    }

    struct FailedBuild: Error { let source: String }
}

/// A folder for one test, removed with all that is in it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "patchbay-\(UUID())").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: file(folder)))?.sorted() ?? []
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
    }
}

/// How many descriptors this process has open on what the test made: those that point below `folder`.
func openFiles(below folder: String) -> [String] {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return numbers.compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }
    .filter { $0.hasPrefix(folder) }
}
