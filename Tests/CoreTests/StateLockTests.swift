import Foundation
import Testing

@testable import Core

@Suite struct StateLockTests {
    @Test func `a folder is held by one at a time, and free afterwards`() throws {
        let folder = try TemporaryFolder()
        var first: StateLock? = try StateLock(folder: folder.path)
        let taken = StartError([
            "state folder \(folder.path): another patchbay runs on it; stop that one, or give another with `state`"
        ])
        #expect(throws: taken) { try StateLock(folder: folder.path) }
        #expect(throws: taken) { try StateLock(folder: folder.path) }
        withExtendedLifetime(first) {}
        first = nil
        _ = try StateLock(folder: folder.path)
        #expect(openFiles(below: folder.path) == [])
    }

    @Test func `a folder that is not there is made, for its user alone`() throws {
        let folder = try TemporaryFolder()
        let lock = try StateLock(folder: folder.file("state"))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("state"))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [
        ("missing/state", "it cannot be made: No such file or directory; give another with `state`"),
        ("file", "Not a directory; give a folder of this user's"),
    ])
    func `a folder that cannot be had is named with the reason`(name: String, reason: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "file")
        #expect(throws: StartError(["state folder \(folder.file(name)): \(reason)"])) {
            try StateLock(folder: folder.file(name))
        }
    }
}
