import Core
import Foundation
import Testing

/// The files of this machine, in a temporary folder.
@Suite final class ConfigurationSystemTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "configuration-\(UUID().uuidString)"
    )

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ text: String, to name: String) throws -> String {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test func `a file and those it includes are read`() throws {
        _ = try write("loops 3;", to: "d/a.conf")
        let path = try write(
            "include d/*.conf;\n" + String(repeating: "#\n", count: 100_000),
            to: "plugins.conf"
        )
        let configuration = try Configuration.read(path: path)
        #expect(configuration.loops == .count(3))
        #expect(configuration.state == folder.path + "/var")
    }

    @Test func `the environment is that of the process`() throws {
        let path = try write("state $env{PATH};", to: "plugins.conf")
        let value = try #require(ProcessInfo.processInfo.environment["PATH"])
        #expect(try Configuration.read(path: path).state.hasSuffix(value))
    }

    @Test func `a variable that is not set is nil`() {
        #expect(ConfigurationSource.system.environment("PATCHBAY_\(UUID().uuidString.prefix(8))") == nil)
    }

    @Test func `what is no readable file is an error`() throws {
        let file = try write("", to: "file")
        let read = ConfigurationSource.system.read, list = ConfigurationSource.system.list
        #expect(throws: ConfigurationFileError.missing) { try read(folder.path + "/none") }
        #expect(throws: ConfigurationFileError.notFile) { try read(folder.path) }
        #expect(throws: ConfigurationFileError.notFile) { try read("/dev/zero") }
        #expect(throws: ConfigurationFileError.missing) { try list(folder.path + "/none") }
        #expect(throws: ConfigurationFileError.notDirectory) { try list(file) }
    }

    @Test func `a pipe that nobody writes does not block`() throws {
        let pipe = folder.path + "/pipe"
        let made = unsafe mkfifo(pipe, 0o600)
        try #require(made == 0)
        #expect(throws: ConfigurationFileError.notFile) { try ConfigurationSource.system.read(pipe) }
    }

    @Test func `a file over the limit is not read`() throws {
        let limit = 16 << 20
        let file = try write("", to: "long")
        let handle = try FileHandle(forWritingTo: URL(filePath: file))
        try handle.truncate(atOffset: UInt64(limit))
        #expect(try ConfigurationSource.system.read(file).count == limit)
        try handle.truncate(atOffset: UInt64(limit) + 1)
        #expect(throws: ConfigurationFileError.tooLong(limit: limit)) {
            try ConfigurationSource.system.read(file)
        }
    }
}
