import Net
import TLS
import Testing
import Wire

@testable import Core

/// Peers that close their side at once, or before they have taken all that they are owed.
@Suite struct EndingTests {
    private static let service = "service puppet { plugin Puppet; websocket web /main; http web /web web; }"

    @Test(arguments: ["", "Connection: close\r\n"], [Int.max, 0])
    func `a request and the end at once are answered, whatever the peer takes`(field: String, window: Int)
        throws
    {
        let test = try TestServer(EndingTests.service)
        let peer = test.connect()
        peer.setWindow(window)
        peer.send(bytes: Array("GET /web HTTP/1.1\r\nHost: a\r\n\(field)\r\n".utf8))
        peer.leave()
        test.settle()
        peer.setWindow(.max)
        #expect(peer.answer()?.body == "hello")
        test.settle()
        #expect(test.engine.isClosed(peer.number) && test.server.connectionCount == 0)
    }

    @Test func `a request that is refused is answered to who has closed his side already`() throws {
        let test = try TestServer(EndingTests.service)
        let peer = test.connect()
        peer.send(bytes: Array("GET /web\r\n\r\n".utf8))
        peer.leave()
        #expect(peer.answer()?.status == 400)
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test func `a close frame and the end at once are answered by a close frame`() throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.close(1000)
        peer.leave()
        #expect(peer.seen() == [.close(1000, ""), .ended])
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test(arguments: [[], ["STORE"]])
    func `what came before a close frame and the end at once is answered`(defines: [String]) throws {
        let test = try TestServer(TestServer.puppet, plugin: FaultPlugin(source: "puppet", defines: defines))
        let peer = try test.open(), farewell: [UInt8] = [3, 0xe8]
        peer.send(bytes: peer.frame(.text, Array("echo a".utf8)) + peer.frame(.close, farewell))
        peer.leave()
        #expect(peer.seen() == [.text("a"), .close(1000, ""), .ended])
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test func `an answer that was not taken yet still leaves when the server goes down`() throws {
        let test = try TestServer(EndingTests.service)
        let peer = test.connect(), idle = test.connect()
        peer.setWindow(0)
        peer.send(bytes: Array("GET /web HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        test.settle()
        test.loop.perform { $0.sayGoodbye() }
        test.settle()
        #expect(test.engine.isClosed(idle.number) && !test.engine.isClosed(peer.number))
        peer.setWindow(.max)
        #expect(peer.answer()?.body == "hello")
        #expect(test.engine.isClosed(peer.number))
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test(arguments: [false, true], [false, true])
    func `a write that fails is the end of nothing but what was owed`(isSecure: Bool, isLong: Bool) throws {
        let listen = isSecure ? Certificates.block() : ""
        let services = EndingTests.service + TestServer.echo + "listen plain { address 127.0.0.1:0; }"
        let test = try TestServer(services, listen: listen)
        let peer = isSecure ? try test.connectSecurely(TLSClientSession()) : test.connect()
        let socket = try test.open("/echo", on: peer)
        test.engine.breakOff(peer.number)
        let message = [UInt8](repeating: 1, count: isLong ? 60_000 : 10)
        socket.send(bytes: (0..<3).flatMap { _ in socket.frame(.binary, message) })
        #expect(socket.seen() == [])
        #expect(test.server.connectionCount == 1)
        #expect(test.loop.connections.allSatisfy { $0?.isOwed != true })
        socket.close(1000)
        test.settle()
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test func `who never takes what is owed after his end is dropped in five seconds`() throws {
        let test = try TestServer(EndingTests.service)
        let peer = test.connect()
        peer.setWindow(0)
        peer.send(bytes: Array("GET /web HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        peer.leave()
        test.pass(milliseconds: 4_999)
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 1)
        #expect(test.server.connectionCount == 0)
    }
}
