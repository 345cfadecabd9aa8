import Testing

/// `limit bytes` over sockets.
@Suite struct ByteLimitTests {
    @Test func `whoever sends as fast as the socket takes it is served as fast as the limit allows`() throws {
        let server = try LiveServer(
            LiveServer.echo.replacing("plugin EchoC;", with: "plugin EchoC; limit bytes 2m/s;")
        )
        let client = try WebSocketClient(server.address("/echo"))
        let start = ContinuousClock.now
        // Two seconds' worth, one of which may come at once; the answers are read as they come.
        let text = String(repeating: "x", count: 32 << 10)
        for number in 0..<128 {
            client.send("\(number) \(text)")
            #expect(try client.receive() == .text("\(number) \(text)"))
        }
        #expect(.now - start > .seconds(0.9))
        // Another connection has an allowance of its own.
        #expect(try WebSocketClient(server.address("/echo")).ask("free") == .text("free"))
    }
}
