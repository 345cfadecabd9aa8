import Foundation
import Testing

/// Several event loops share the connections of one server.
@Suite struct LoopTests {
    private func server(loops: Int) throws -> LiveServer {
        try LiveServer("loops \(loops);\n" + LiveServer.echo)
    }

    @Test(arguments: [1, 2, 4])
    func `connections spread evenly, and each is served`(loops: Int) throws {
        let server = try server(loops: loops)
        let clients = try (0..<200).map { _ in try WebSocketClient(server.address("/echo")) }
        let status = try server.status()
        #expect(status["loops"] as? Int == loops)
        #expect(status["loop_connections"] as? [Int] == Array(repeating: 200 / loops, count: loops))
        for (number, client) in clients.enumerated() { client.send("\(number)") }
        for (number, client) in clients.enumerated() { #expect(try client.receive() == .text("\(number)")) }
    }

    @Test(arguments: [2, 4])
    func `a room over several loops hears everything once and in order`(loops: Int) throws {
        let server = try server(loops: loops)
        let crowd = Crowd()
        for _ in 0..<200 { crowd.add(try WebSocketClient(server.address("/room"))) }
        // Whoever is answered by the room is in it, and so are all who came before.
        try crowd.waitForRoom()
        for number in 0..<50 { crowd.send("\(number)", from: 7) }
        let deadline = Deadline(seconds: 60)
        while crowd.fewest < 50 { try crowd.turn(deadline) }
        #expect(crowd.members.allSatisfy { $0.heard == Array(0..<50) })
        #expect(crowd.endings == [])
    }

    @Test func `many speakers are heard by all in one order`() throws {
        let server = try server(loops: 4)
        let crowd = Crowd()
        for _ in 0..<40 { crowd.add(try WebSocketClient(server.address("/room"))) }
        try crowd.waitForRoom()
        for number in 0..<200 { crowd.send("\(number)", from: number % 40) }
        let deadline = Deadline(seconds: 60)
        while crowd.fewest < 200 { try crowd.turn(deadline) }
        let first = crowd.members[0].heard
        #expect(first.sorted() == Array(0..<200))
        #expect(crowd.members.allSatisfy { $0.heard == first })
        for speaker in 0..<40 {
            #expect(first.filter { $0 % 40 == speaker } == Array(stride(from: speaker, to: 200, by: 40)))
        }
    }
}
