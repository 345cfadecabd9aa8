import Foundation
import Testing

/// What is built shows and needs no more than it should.
@Suite struct BinaryTests {
    private static let plugins = [
        "libEchoC.so", "libFire.so", "libGG.so", "libSongRequest.so", "libTally.so", "libVKChat.so",
        "libWnet.so",
    ]

    /// `swift test` runs the bundle by a helper of the toolchain, so the path of the bundle is an argument.
    private func path(of product: String) throws -> String {
        let bundle = try #require(CommandLine.arguments.first { $0.hasSuffix(".xctest") })
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: product).path()
    }

    /// What a tool of binutils prints.
    private func lines(_ tool: String, _ arguments: String...) throws -> [Substring] {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self).split(separator: "\n")
    }

    @Test(arguments: plugins) func `a plugin exports its one function`(plugin: String) throws {
        let symbols = try lines("nm", "-D", "--defined-only", "--extern-only", path(of: plugin))
        #expect(symbols.map { $0.split(separator: " ").last } == ["patchbay_plugin"])
    }

    @Test(arguments: plugins + ["patchbay"])
    func `nothing needs more than Swift's runtime, the C library and Debian's own`(product: String) throws {
        let allowed: Set<Substring> = [
            "libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64", "libcrypto", "libssl", "libsqlite3",
            "libz",
            "libswiftCore",
            "libswiftGlibc", "libswiftSwiftOnoneSupport", "libswiftSynchronization",
        ]
        let needed = try lines("readelf", "-d", path(of: product)).compactMap {
            $0.firstMatch(of: /\(NEEDED\).*\[(.+?)\.so/)?.1
        }
        #expect(needed.contains("libc"))
        #expect(Set(needed).subtracting(allowed) == [])
    }

    @Test(arguments: plugins) func `a plugin needs none of the host's libraries`(plugin: String) throws {
        let text = try lines("readelf", "-d", path(of: plugin)).joined(separator: "\n")
        #expect(["libcrypto", "libssl", "libsqlite3", "libz"].allSatisfy { !text.contains($0) })
    }
}
