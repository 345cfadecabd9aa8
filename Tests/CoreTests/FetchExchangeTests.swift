import Testing
import Wire

@testable import Core

/// One connection to a server, without sockets.
@Suite struct FetchExchangeTests {
    private func request(_ method: String = "GET") throws -> ClientRequest {
        let address = try #require(WebAddress(Array("http://a/b".utf8)))
        return try #require(ClientRequest(method: method, address, fields: [], body: []))
    }

    private func receive(_ exchange: FetchExchange, _ text: String) -> String {
        let bytes = Array(text.utf8)
        return seen(exchange.receive(bytes.span))
    }

    private func seen(_ outcome: FetchExchange.Outcome) -> String {
        switch outcome {
        case .goesOn: "…"
        case .answered(let answer):
            "\(answer.head.status.rawValue) \(String(decoding: answer.body, as: UTF8.self))"
        case .failed(let failure): failure.sentence
        case .abandoned: "abandoned"
        }
    }

    private func leave(_ exchange: FetchExchange) {
        exchange.note(sent: exchange.outgoing.count - exchange.sent)
    }

    private let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// One that has answered once.
    private func kept() throws -> FetchExchange {
        let exchange = FetchExchange(to: "a")
        #expect(exchange.begin(try request(), most: 10) == .goesOn)
        leave(exchange)
        #expect(receive(exchange, answer) == "200 ok")
        #expect(exchange.mayBeKept)
        return exchange
    }

    @Test func `one request follows the other, and each has its own answer`() throws {
        let exchange = try kept()
        #expect(exchange.begin(try request("HEAD"), most: 10) == .goesOn)
        #expect(!exchange.mayBeKept)
        leave(exchange)
        #expect(receive(exchange, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n") == "200 ")
        #expect(exchange.mayBeKept)
        #expect(exchange.begin(try request(), most: 1) == .goesOn)
        leave(exchange)
        #expect(receive(exchange, answer) == "a: the body is over the limit")
        #expect(!exchange.mayBeKept)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
    ])
    func `a connection that the server ends, or on which it goes on, is not kept`(answer: String) throws {
        let exchange = FetchExchange(to: "a")
        _ = exchange.begin(try request(), most: 10)
        leave(exchange)
        #expect(receive(exchange, answer) == "200 ok" && !exchange.mayBeKept)
    }

    @Test func `a request that has not left whole does not let the connection be kept`() throws {
        let exchange = FetchExchange(to: "a")
        _ = exchange.begin(try request(), most: 10)
        #expect(receive(exchange, answer) == "200 ok" && !exchange.mayBeKept)
    }

    @Test func `what nobody has asked for ends a kept connection`() throws {
        let exchange = try kept()
        #expect(receive(exchange, "HTTP/1.1 408 Late\r\n\r\n") == "…" && !exchange.mayBeKept)
        let other = try kept()
        #expect(other.ended() == .goesOn && !other.mayBeKept)
    }

    @Test(
        arguments: [("GET", true, true), ("HEAD", true, true), ("POST", true, false), ("POST", false, true)]
    )
    func `a kept connection that ends without an answer tells whether to try again`(
        method: String,
        hasSent: Bool,
        mayRepeat: Bool
    ) throws {
        let exchange = try kept()
        _ = exchange.begin(try request(method), most: 10)
        if hasSent { exchange.note(sent: 1) }
        #expect(exchange.ended() == .abandoned && exchange.mayBeRepeated == mayRepeat)
        let other = try kept()
        _ = other.begin(try request(method), most: 10)
        if hasSent { other.note(sent: 1) }
        #expect(other.broke("reset") == .abandoned && other.mayBeRepeated == mayRepeat)
    }

    @Test func `a new connection, or one that has begun to answer, is not tried again`() throws {
        let new = FetchExchange(to: "a")
        _ = new.begin(try request(), most: 10)
        #expect(seen(new.ended()) == "a: the connection ended before the answer's head was whole")
        let exchange = try kept()
        _ = exchange.begin(try request(), most: 10)
        #expect(receive(exchange, "H") == "…")
        #expect(seen(exchange.broke("Connection reset")) == "the connection to a broke off: Connection reset")
        #expect(!exchange.mayBeRepeated)
    }

    @Test func `an answer without a length lasts until the end`() throws {
        let exchange = FetchExchange(to: "a")
        _ = exchange.begin(try request(), most: 10)
        leave(exchange)
        #expect(receive(exchange, "HTTP/1.1 200 OK\r\n\r\nhel") == "…")
        #expect(receive(exchange, "lo") == "…")
        #expect(seen(exchange.ended()) == "200 hello" && !exchange.mayBeKept)
    }
}

/// In virtual time.
@Suite struct FetchTests {
    @Test
    func `there is no network in a play in memory, and a plugin hears so when its handler has returned`()
        throws
    {
        let test = try TestServer("service puppet { plugin Puppet; websocket web /main; }")
        let anna = try test.open()
        let sentence = "fetched there is no network in a play in memory 0"
        #expect(anna.ask("fetch http://a/").texts == ["0", sentence])
        #expect(try test.service().jobs.isEmpty)
        #expect(anna.ask("fetch a").texts == ["-4"])
    }
}
