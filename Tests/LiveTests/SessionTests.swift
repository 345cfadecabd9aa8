import Foundation
import Testing

/// SockJS sessions of several loops: a connection goes to the loop that has the session of its next request.
@Suite struct SessionTests {
    private static let names = (0..<16).map { "session\($0)" }

    private func server(loops: Int, lane: String = "shared") throws -> LiveServer {
        try LiveServer(
            """
            loops \(loops);
            listen web { address 127.0.0.1:0; }
            service echo {
                plugin EchoC;
                lane \(lane);
                limit connections_per_address none;
                websocket web /echo;
                sockjs web /sock;
            }
            """
        )
    }

    private func path(_ name: String, _ last: String) -> String { "/sock/server/\(name)/\(last)" }

    private func open(_ names: [String], on client: RequestClient) throws {
        for name in names { #expect(try client.ask("POST", path(name, "xhr")).body == "o\n") }
    }

    /// The numbers of a frame.
    private func numbers(_ frame: String) throws -> [Int] {
        guard frame.hasPrefix("a[") else { throw Unexpected("not messages: \(frame)") }
        return try JSONDecoder().decode([String].self, from: Data(frame.dropFirst().utf8)).map {
            Int($0) ?? -1
        }
    }

    /// Asks until a session has given so many numbers.
    private func poll(_ name: String, _ count: Int, on client: RequestClient) throws -> [Int] {
        var all: [Int] = []
        while all.count < count { all += try numbers(try client.ask("POST", path(name, "xhr")).body) }
        return all
    }

    @Test(arguments: [(2, "shared"), (2, "own"), (4, "shared")])
    func `connections go back and forth between sessions, and nothing is lost or out of order`(
        loops: Int,
        lane: String
    ) throws {
        let server = try server(loops: loops, lane: lane), address = try server.address("/echo")
        let clients = try (0..<12).map { _ in try RequestClient(address) }
        try open(SessionTests.names, on: clients[0])
        var sent = [Int](repeating: 0, count: 16), seen = [[Int]](repeating: [], count: 16)
        for step in 0..<1500 {
            let session = step * 7 % 16, name = SessionTests.names[session]
            let sender = clients[step * 5 % 12], receiver = clients[(step * 5 + 1 + step % 11) % 12]
            let count = 1 + step % 3
            let body = (0..<count).map { "\"\(sent[session] + $0)\"" }.joined(separator: ",")
            #expect(try sender.ask("POST", path(name, "xhr_send"), body: "[\(body)]").status == 204)
            sent[session] += count
            // What is sent may be answered by now, or a part of it.
            if step % 3 == 0 { seen[session] += try poll(name, 1, on: receiver) }
        }
        for session in 0..<16 {
            let left = sent[session] - seen[session].count
            seen[session] += try poll(SessionTests.names[session], left, on: clients[session % 12])
            #expect(seen[session] == Array(0..<sent[session]))
        }
    }

    @Test func `requests for several loops that come at once are answered in order`() throws {
        let server = try server(loops: 2), address = try server.address("/echo")
        let client = try RequestClient(address), names = SessionTests.names
        try open(names, on: try RequestClient(address))
        var requests: [UInt8] = []
        for number in 0..<200 {
            let send = path(names[number * 3 % 16], "xhr_send")
            requests += RequestClient.request("POST", send, body: "[\"\(number)\"]")
            if number % 5 == 0 { requests += RequestClient.request("GET", "/sock/iframe.html") }
        }
        client.socket.write(requests)
        for number in 0..<200 {
            #expect(try client.answer().status == 204)
            if number % 5 == 0 { #expect(try client.answer().body.contains("<!DOCTYPE html>")) }
        }
        for session in 0..<16 {
            let mine = (0..<200).filter { $0 * 3 % 16 == session }
            #expect(try poll(names[session], mine.count, on: client) == mine)
        }
    }

    @Test func `a connection that is owed much goes to another loop when that is taken`() throws {
        let server = try server(loops: 2), address = try server.address("/echo")
        let client = try RequestClient(address), names = SessionTests.names
        try open(names, on: try RequestClient(address))
        let pages = 2000
        var requests: [UInt8] = []
        for number in 0..<pages {
            requests += RequestClient.request("GET", "/sock/iframe.html")
            guard number % 100 == 0 else { continue }
            let send = path(names[number / 100 % 16], "xhr_send")
            requests += RequestClient.request("POST", send, body: "[\"\(number)\"]")
        }
        // More than the server takes in while nobody takes its answers.
        let all = requests, socket = client.socket
        let thread = Thread { socket.write(all, Deadline(seconds: 60)) }
        thread.start()
        for number in 0..<pages {
            #expect(try client.answer(Deadline(seconds: 60)).status == 200)
            if number % 100 == 0 { #expect(try client.answer().status == 204) }
        }
        for session in 0..<16 {
            let mine = stride(from: 0, to: pages, by: 100).filter { $0 / 100 % 16 == session }
            #expect(try poll(names[session], mine.count, on: client) == mine)
        }
    }

    @Test(arguments: ["closes", "resets", "shuts"])
    func `a peer that leaves while it goes to another loop leaves nothing behind`(how: String) throws {
        let server = try server(loops: 2), address = try server.address("/echo")
        let before = try server.descriptors()
        for number in 0..<400 {
            let client = try RequestClient(address), names = SessionTests.names
            for place in 0..<4 {
                client.send("GET", "/sock/iframe.html")
                client.send("POST", path(names[(number + place) % 16], "xhr_send"), body: "[\"x\"]")
            }
            if how == "resets" { client.socket.resetAtEnd() }
            if how == "shuts" {
                shutdown(client.socket.descriptor, Int32(SHUT_WR))
                _ = try client.socket.readToEnd()
            }
        }
        try server.waitForConnections(0)
        #expect(try server.descriptors() <= before + 2)
        let client = try RequestClient(address)
        try open(SessionTests.names, on: client)
        #expect(try client.ask("POST", path("session3", "xhr_send"), body: "[\"x\"]").status == 204)
        #expect(try client.ask("POST", path("session3", "xhr")).body == "a[\"x\"]\n")
    }
}
