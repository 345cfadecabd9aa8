import Foundation
import Testing
import Wire

/// Peers who misbehave, while others work.
@Suite struct AttackTests {
    @Test func `who begins and never goes on holds nobody up`() throws {
        let server = try LiveServer()
        let address = try server.address("/echo")
        let whole = WebSocketClient.frame(.text, Array("never whole".utf8))
        var idle: [PeerSocket] = []
        for _ in 0..<50 {
            idle.append(try PeerSocket(port: address.port))
            idle.append(try PeerSocket(port: address.port))
            idle.last?.write(Array("GET /echo HTTP/1.1\r\nHost: exam".utf8))
            let client = try WebSocketClient(address)
            client.socket.write(Array(whole.dropLast(3)))
            idle.append(client.socket)
        }
        let good = try WebSocketClient(address)
        for number in 0..<100 { #expect(try good.ask("\(number)") == .text("\(number)")) }
        #expect(try server.status()["connections"] as? Int == 151)
        idle.removeAll()
        try server.waitForConnections(1)
        #expect(try good.ask("still here") == .text("still here"))
    }

    @Test func `a head that does not end in time is answered 408`() throws {
        let server = try LiveServer("limit head_time 100ms;\n" + LiveServer.echo)
        let address = try server.address("/echo")
        let silent = try PeerSocket(port: address.port)
        let half = try PeerSocket(port: address.port)
        half.write(Array("GET /echo HTTP/1.1\r\n".utf8))
        for peer in [silent, half] {
            #expect(String(decoding: try peer.readToEnd(), as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
        }
        #expect(try WebSocketClient(address).ask("next") == .text("next"))
    }

    @Test func `a slow reader in a busy room is closed with 1013, and others never wait`() throws {
        let server = try LiveServer(
            LiveServer.echo.replacing("limit conn", with: "limit outbox 256k;\n    limit conn")
        )
        let address = try server.address("/room")
        let slow = try WebSocketClient(address, receiveBuffer: 4_096)
        let others = try (0..<5).map { _ in try WebSocketClient(address) }
        let frame = WebSocketClient.frame(.binary, [UInt8](repeating: 7, count: 60_000))
        var rounds = 0
        // The room leaves out who is being closed long before its last byte is taken.
        repeat {
            for _ in 0..<10 {
                others[rounds % 5].socket.write(frame)
                for other in others {
                    guard case .binary(let bytes) = try other.receive() else {
                        throw Unexpected("not the room's message")
                    }
                    #expect(bytes.count == 60_000)
                }
                rounds += 1
            }
        } while try members(of: server) == 6 && rounds < 2_000
        #expect(try members(of: server) == 5)
        #expect(try slow.closeCode() == 1013)
        withExtendedLifetime(others) {}
    }

    private func members(of server: LiveServer) throws -> Int {
        let services = try server.status()["services"] as? [[String: Any]]
        return services?.first?["connections"] as? Int ?? -1
    }

    @Test func `two thousand resets leave nothing behind`() throws {
        Crowd.raiseFileLimit()
        let server = try LiveServer()
        let address = try server.address("/echo")
        let good = try WebSocketClient(address)
        #expect(try good.ask("before") == .text("before"))
        let before = try server.descriptors()
        var request: [UInt8] = []
        ClientHandshake(host: "example", path: "/echo").appendRequest(to: &request)
        var peers: [PeerSocket] = []
        for number in 0..<2_000 {
            let peer = try PeerSocket(port: address.port)
            // Before a head, in one, as a WebSocket, and in a frame.
            let bytes = request + [0x82, 0xfe, 0x10, 0x00, 1, 2, 3, 4] + [UInt8](repeating: 0, count: 1_000)
            peer.write(Array(bytes.prefix([0, 20, request.count, bytes.count][number % 4])))
            peer.resetAtEnd()
            peers.append(peer)
        }
        peers.removeAll()
        try server.waitForConnections(1)
        #expect(try good.ask("after") == .text("after"))
        // The status command's own connection may still be open.
        #expect(try server.descriptors() <= before + 2)
        #expect(try members(of: server) == 1)
    }

    @Test(
        arguments: [
            ("a reserved bit", [0xc1, 0x80, 0, 0, 0, 0], 1002),
            ("an unknown opcode", [0x83, 0x80, 0, 0, 0, 0], 1002),
            ("no mask", [0x81, 0x01, 0x61], 1002), ("a long ping", [0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002),
            ("a close code that must not be sent", [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed], 1002),
            ("a continuation of nothing", [0x80, 0x80, 0, 0, 0, 0], 1002),
            ("a close without a mask", [0x88, 0x02, 0x03, 0xe8], 1002),
            ("half a close code", [0x88, 0x81, 0, 0, 0, 0, 0x03], 1002),
            ("a ping in fragments", [0x09, 0x80, 0, 0, 0, 0], 1002),
            ("a length of 64 bits", [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0], 1002),
            ("text that goes wrong before its frame ends", [0x81, 0xe4, 0, 0, 0, 0, 0xff], 1007),
            ("text that is not UTF-8", [0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
            ("a close reason that is not UTF-8", [0x88, 0x83, 0, 0, 0, 0, 0x03, 0xe8, 0xff], 1007),
            ("a message over the limit", [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], 1009),
            (
                "a length beyond everything",
                [0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0], 1009
            ),
        ] as [(String, [UInt8], Int)]
    )
    func `a broken frame ends its connection and no other`(what: String, bytes: [UInt8], code: Int) throws {
        let server = try LiveServer()
        let good = try WebSocketClient(server.address("/echo"))
        #expect(try good.ask("before") == .text("before"))
        let bad = try WebSocketClient(server.address("/echo"))
        #expect(try bad.ask("a good one") == .text("a good one"))
        bad.socket.write(bytes)
        #expect(try bad.receive() == .close(code))
        #expect(try bad.receive() == .ended)
        #expect(try good.ask("after") == .text("after"))
    }

    @Test(arguments: [([0x80, 0x80, 0, 0, 0, 0], 1002), ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8], 1000)])
    func `what came before the end is answered, on a lane of its own too`(last: [UInt8], code: Int) throws {
        let server = try LiveServer(
            LiveServer.echo.replacing("limit conn", with: "lane own;\n    limit conn")
        )
        for number in 0..<20 {
            let client = try WebSocketClient(server.address("/echo"))
            client.socket.write(WebSocketClient.frame(.text, Array("\(number)".utf8)) + last)
            #expect(try client.receive() == .text("\(number)"))
            #expect(try client.receive() == .close(code))
            #expect(try client.receive() == .ended)
        }
    }

    @Test func `a flood of tiny frames is read no faster than it is handled`() throws {
        let server = try LiveServer()
        let address = try server.address("/echo")
        let good = try WebSocketClient(address)
        #expect(try good.ask("before") == .text("before"))
        let before = try server.resident()
        let flood = try WebSocketClient(address)
        let pong = WebSocketClient.frame(.pong, [])
        let pongs = [UInt8]((0..<10_000).map { _ in pong }.joined())
        for _ in 0..<50 {
            #expect(flood.socket.write(pongs))
            #expect(try good.ask("meanwhile") == .text("meanwhile"))
        }
        #expect(try server.resident() - before < 8_192)
        flood.socket.write(WebSocketClient.frame(.ping, [1]))
        #expect(try flood.receive(Deadline(seconds: 60)) == .pong([1]))
    }

    @Test func `who pings and never reads a pong is closed with 1013, and others never wait`() throws {
        let server = try LiveServer()
        let address = try server.address("/echo")
        let good = try WebSocketClient(address)
        #expect(try good.ask("before") == .text("before"))
        let before = try server.resident()
        let flood = try WebSocketClient(address, receiveBuffer: 4_096)
        let ping = WebSocketClient.frame(.ping, [UInt8](repeating: 0x70, count: 125))
        let pings = [UInt8]((0..<1_000).map { _ in ping }.joined())
        var rounds = 0
        repeat {
            #expect(flood.socket.write(pings))
            #expect(try good.ask("meanwhile") == .text("meanwhile"))
            rounds += 1
        } while try members(of: server) == 2 && rounds < 1_000
        #expect(try members(of: server) == 1)
        #expect(try server.resident() - before < 16_384)
        #expect(try flood.closeCode() == 1013)
        #expect(try good.ask("after") == .text("after"))
    }

    @Test func `at the limit of open files it serves those it has, and others when some leave`() throws {
        let server = try LiveServer(limit: 64)
        let address = try server.address("/echo")
        var inside = try (0..<40).map { _ in try WebSocketClient(address) }
        // The kernel takes their connections in, the server cannot.
        let outside = try (0..<40).map { _ in
            let peer = try PeerSocket(port: address.port)
            var request: [UInt8] = []
            ClientHandshake(host: "example", path: "/echo").appendRequest(to: &request)
            peer.write(request)
            return peer
        }
        for (number, client) in inside.enumerated() {
            #expect(try client.ask("\(number)") == .text("\(number)"))
        }
        inside.removeLast(35)
        for peer in outside {
            let answer = try #require(try peer.read())
            #expect(String(decoding: answer.prefix(13), as: UTF8.self) == "HTTP/1.1 101 ")
        }
        for client in inside { #expect(try client.ask("still here") == .text("still here")) }
        #expect(server.errors.contains("no more connections can be accepted"))
        #expect(server.errors.contains("raise the limit of open files (ulimit -n)"))
    }
}
