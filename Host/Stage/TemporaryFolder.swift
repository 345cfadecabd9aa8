import Core
import Glibc

/// A folder of its own for each play, removed with everything in it when the play is over.
final class TemporaryFolder {
    let path: String

    init() throws(StartError) {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = "\(parent)/patchbay-stage-XXXXXX".utf8CString
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
        }
        guard let made else {
            throw StartError(["\(parent): no folder can be made there; name another with TMPDIR"])
        }
        path = made
    }

    deinit { TemporaryFolder.remove(path) }

    private static func remove(_ path: String) {
        for name in names(in: path) {
            if unsafe unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
        }
        unsafe rmdir(path)
    }

    private static func names(in path: String) -> [String] {
        let names = try? ConfigurationSource.system.list(path)
        return (names ?? []).filter { $0 != "." && $0 != ".." }
    }
}
