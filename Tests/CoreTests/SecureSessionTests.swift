import Net
import TLS
import Testing

@testable import Core

/// SockJS sessions whose receiver comes by TLS.
@Suite struct SecureSessionTests {
    @Test func `a receiver whose TLS fails has broken off, and its session ends`() throws {
        let test = try TestServer(
            SessionTests.service,
            listen: Certificates.block()
        )
        let client = TLSClientSession(try TLSClientContext()), line = test.engine.connect(to: 0)
        var sealed: [UInt8] = [], plain: [UInt8] = []
        _ = client.start(sealed: &sealed)
        func exchange() {
            test.engine.send(sealed, from: line)
            test.settle()
            sealed = []
            _ = client.receive(test.engine.take(line).span, plain: &plain, sealed: &sealed)
        }
        for _ in 0..<3 { exchange() }
        let request = "POST /sock/a/b/xhr_streaming HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
        _ = client.send(Array(request.utf8).span, sealed: &sealed)
        exchange()
        #expect(String(decoding: plain, as: UTF8.self).hasSuffix("2\r\no\n\r\n"))
        #expect(try test.service().peers.count == 1)
        // An application record that nobody can open.
        test.engine.send([0x17, 3, 3, 0, 32] + [UInt8](repeating: 7, count: 32), from: line)
        test.settle()
        #expect(try test.service().peers.count == 0)
        test.pass(milliseconds: 5_000)
        #expect(test.loop.sessions.isEmpty && test.server.connectionCount == 0)
    }
}
