import Testing
import Wire

/// A service's lane on a loop's thread or on its own, with loops beside it and a queue that is soon full.
@Suite struct LaneTests {
    private func server(lane: String, loops: Int) throws -> LiveServer {
        try LiveServer("loops \(loops);\nlimit queue 1k;\nlane \(lane);\n" + LiveServer.echo)
    }

    @Test(arguments: ["shared", "own"], [1, 2, 4])
    func `a full queue stops the reading, and loses nothing`(lane: String, loops: Int) throws {
        let server = try server(lane: lane, loops: loops)
        let crowd = Crowd()
        for _ in 0..<20 { crowd.add(try WebSocketClient(server.address("/echo"))) }
        let deadline = Deadline(seconds: 60)
        for round in 0..<5 {
            let numbers = round * 400..<round * 400 + 400
            let bytes = numbers.flatMap { WebSocketClient.frame(.text, Array("\($0)".utf8)) }
            for member in crowd.members { member.socket.write(bytes) }
            while crowd.fewest < numbers.upperBound { try crowd.turn(deadline) }
        }
        #expect(crowd.members.allSatisfy { $0.heard == Array(0..<2000) })
        #expect(crowd.endings == [])
        #expect(try WebSocketClient(server.address("/echo")).ask("late") == .text("late"))
    }

    @Test(arguments: ["shared", "own"], [2, 4])
    func `a room over several loops has one order, whatever thread the lane is on`(lane: String, loops: Int)
        throws
    {
        let server = try server(lane: lane, loops: loops)
        let crowd = Crowd()
        for _ in 0..<40 { crowd.add(try WebSocketClient(server.address("/room"))) }
        try crowd.waitForRoom()
        for speaker in 0..<8 {
            let numbers = stride(from: speaker, to: 400, by: 8)
            let bytes = numbers.flatMap { WebSocketClient.frame(.text, Array("\($0)".utf8)) }
            crowd.members[speaker].socket.write(bytes)
        }
        let deadline = Deadline(seconds: 60)
        while crowd.fewest < 400 { try crowd.turn(deadline) }
        let first = crowd.members[0].heard
        #expect(first.sorted() == Array(0..<400))
        #expect(crowd.members.allSatisfy { $0.heard == first })
        for speaker in 0..<8 {
            #expect(first.filter { $0 % 8 == speaker } == Array(stride(from: speaker, to: 400, by: 8)))
        }
    }
}
