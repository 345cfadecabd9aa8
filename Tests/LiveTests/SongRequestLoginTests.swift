import Foundation
import Testing
import Wire

/// song-request from outside, while hashes take their time.
@Suite struct SongRequestLoginTests {
    private static let configuration = """
        listen web { address 127.0.0.1:0; }
        service songs { plugin SongRequest; websocket web /songs; limit auth_failures none; }
        """

    private func login(_ server: LiveServer, _ nick: String, _ pin: String) throws -> WebSocketClient {
        let client = try WebSocketClient(server.address("/songs"))
        client.send(#"{"nick":"\#(nick)","pass":"\#(pin)","data":{}}"#)
        return client
    }

    /// Others of the same address, who are checked first, leave the operator the time for it.
    @Test(arguments: [["user.remove nick=anna", "user.add nick=anna pass=2"], ["user.set nick=anna pass=2"]])
    func `a pin that is changed while it is checked lets nobody in who stays`(calls: [String]) throws {
        let server = try LiveServer(Self.configuration)
        for call in ["user.add nick=boris pass=1", "user.add nick=anna pass=1"] {
            #expect(try server.call(call) == 0)
        }
        let others = try (0..<15).map { _ in try login(server, "boris", "wrong") }
        let anna = try login(server, "anna", "1")
        for call in calls { #expect(try server.call(call) == 0) }
        // It is closed by its failure, not by this login, nor by the removal.
        let next = try login(server, "anna", "2")
        let success = WebSocketClient.Seen.text(
            #"{"status":"ok","info":"successfully authorized","code":"6900"}"#
        )
        _ = try next.receive()
        #expect(try next.receive() == success)
        #expect(try anna.closeCode() == 1000)
        withExtendedLifetime(others) {}
    }
}

extension LiveServer {
    fileprivate func call(_ words: String) throws -> Int32 {
        let words = words.split(separator: " ").map(String.init)
        let (program, errors) = try patchbay.begin(["call", "songs"] + words + ["-c", patchbay.file])
        return try patchbay.finish(program, errors).code
    }
}
