import JSON
import Testing

@testable import Core

@Suite struct HostTableTests {
    private func texts(_ numbers: Int...) -> [TestPeer.Seen] { numbers.map { .text("\($0)") } }

    @Test func `what this version does not offer is unavailable`() throws {
        let test = try TestServer()
        let peer = try test.open()
        #expect(peer.ask("missing") == texts(1))
    }

    @Test func `arguments that make no sense are invalid, and a ticket that there is not is gone`() throws {
        let test = try TestServer()
        let peer = try test.open()
        #expect(peer.ask("wrong") == texts(-4, -4, -4, -4, -4, -1, -1, -4, -4, -4, -4))
    }

    @Test(arguments: ["", "a secret"])
    func `a sealed text is opened with what it was sealed with, and by nothing else`(text: String) throws {
        let test = try TestServer()
        let peer = try test.open()
        let refused = [String](repeating: "-4", count: 8) + [text.isEmpty ? "0" : "-4"]
        #expect(peer.ask("seal \(text)").texts == ["\(text.count + 28)"] + refused + ["untouched", text])
    }

    @Test func `figures stand in the status, counters added up and gauges as they were last`() throws {
        let test = try TestServer()
        let peer = try test.open()
        for text in ["count 2", "count 3", "gauge queue 7", "gauge queue 5", "gauge depth -1"] {
            #expect(peer.ask(text) == texts(0))
        }
        var writer = JSONWriter()
        ServiceStatus(try test.service()).write(to: &writer)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.contains(#""counters":{"counted":5},"gauges":{"depth":-1,"queue":5}"#))
    }

    @Test func `who is rejected is closed, with a code that a service may send`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        _ = ben.ask("keep")
        #expect(anna.ask("reject 1006 no") == texts(-4))
        #expect(anna.ask("reject 3000 " + String(repeating: "x", count: 124)) == texts(-4))
        #expect(anna.ask("reject 3000 no") == texts(0))
        #expect(ben.seen() == [.close(3000, "no"), .ended])
        ben.leave()
        #expect(anna.ask("reject 3000 no") == texts(-1))
    }

    @Test func `a principal's connections are visited, the oldest login first`() throws {
        let test = try TestServer()
        let anna = try test.open(), other = try test.open(), ben = try test.open()
        _ = (other.ask("login anna"), anna.ask("login anna"), ben.ask("login ben"))
        #expect(anna.ask("visit anna") == [.text("you"), .text("2")])
        #expect(other.seen() == [.text("you")] && ben.seen() == [])
        #expect(anna.ask("visit nobody") == texts(0))
    }
}
