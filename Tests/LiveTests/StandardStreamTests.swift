import Foundation
import Glibc
import Testing

/// The process's standard streams, where they are not what they should be.
@Suite struct StandardStreamTests {
    /// A pipe in the place of the server's standard error, full at first.
    private final class StoppedLog {
        private static let capacity = 16_384
        private static let setCapacity: Int32 = 1031  // F_SETPIPE_SZ
        let descriptor: Int32

        init(_ path: String) throws {
            guard unsafe mkfifo(path, 0o600) == 0 else { throw Unexpected.failed("mkfifo") }
            descriptor = unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
            guard fcntl(descriptor, StoppedLog.setCapacity, Int32(StoppedLog.capacity)) == StoppedLog.capacity
            else {
                throw Unexpected.failed("F_SETPIPE_SZ")
            }
            let filling = [UInt8](repeating: 0x0a, count: StoppedLog.capacity)
            guard unsafe write(descriptor, filling, filling.count) == filling.count else {
                throw Unexpected.failed("write")
            }
        }

        deinit { close(descriptor) }

        /// Everything that is in the pipe.
        func drain() -> String {
            var buffer = [UInt8](repeating: 0, count: StoppedLog.capacity)
            let count = unsafe read(descriptor, &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test func `a log that nobody reads holds nobody up, and counts what it loses`() throws {
        var log: StoppedLog?
        let server = try LiveServer("drain 100ms;\n" + LiveServer.echo) {
            log = try StoppedLog($0.file("errors-1"))
        }
        let client = try WebSocketClient(server.address("/echo"))
        for _ in 0..<2 { #expect(try server.command("reload", "echo").code == 0) }
        #expect(try client.ask("still here") == .text("still here"))
        #expect(log?.drain().allSatisfy(\.isNewline) == true)
        #expect(try server.command("reload", "echo").code == 0)
        let lines = try #require(log).drain().split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines.first?.contains(#""message":"lines of the log were lost: nobody read it","lines":"2""#)
                == true
        )
        #expect(lines.last?.contains("reload: service echo: generation 4") == true)
        #expect(try server.end() == 0)
    }

    @Test func `a standard output that nobody reads keeps neither the server nor its end`() throws {
        let patchbay = try Patchbay("state FOLDER/state;\n" + LiveServer.echo)
        let output = try StoppedLog(patchbay.folder.file("output"))
        let program = try Program(
            "sh",
            ["-c", "exec \"$0\" run -c \"$1\" >\"$2\"", Products.patchbay, patchbay.file]
                + [patchbay.folder.file("output")],
            errors: patchbay.folder.file("errors")
        )
        let deadline = Deadline()
        var isUp = false
        while !isUp, !deadline.hasPassed {
            let (status, errors) = try patchbay.begin(["status", "-c", patchbay.file])
            isUp = try patchbay.finish(status, errors).code == 0
        }
        #expect(isUp)
        kill(program.pid, SIGTERM)
        #expect(try program.hasEnded(within: Deadline(seconds: 10)))
        #expect(output.drain().allSatisfy(\.isNewline) == true)
    }

    @Test func `a stream that is closed is not the next file that is opened`() throws {
        let patchbay = try Patchbay("state FOLDER/state;\n" + LiveServer.echo)
        let script = "exec \"$0\" run -c \"$1\" <&- 2>&-"
        let program = try Program(
            "sh",
            ["-c", script, Products.patchbay, patchbay.file],
            errors: patchbay.folder.file("errors")
        )
        #expect(try program.readLine()?.hasPrefix("echo  ws://") == true)
        for stream in [0, 2] {
            let target = try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(program.pid)/fd/\(stream)"
            )
            #expect(target == "/dev/null")
        }
        #expect(try program.end(SIGTERM) == 0)
    }
}
