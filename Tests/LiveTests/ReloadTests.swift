import Testing

/// A thousand connections stay and lose nothing while the plugin below them is replaced again and again.
@Suite(.serialized) struct ReloadTests {
    private static let people = 1_000
    private static let speakers = 8
    private static let reloads = 50

    @Test func `a thousand in a room of echo lose nothing through fifty reloads`() throws {
        Crowd.raiseFileLimit()
        let server = try LiveServer()
        let crowd = Crowd()
        for _ in 0..<ReloadTests.people { crowd.add(try WebSocketClient(server.address("/room"))) }
        try crowd.waitForRoom()
        let sent = try talk(in: crowd, of: server, reloading: "echo") { "\($0)" }
        check(crowd, sent)
        #expect(try server.status()["connections"] as? Int == ReloadTests.people)
    }

    @Test func `a thousand in a channel of gg lose nothing through fifty reloads`() throws {
        Crowd.raiseFileLimit()
        let server = try LiveServer(GGChannel.configuration)
        let channel = try GGChannel(server, users: ReloadTests.speakers)
        let crowd = Crowd(number: GGChannel.number)
        for person in 0..<ReloadTests.people {
            crowd.add(try channel.join(user: person < ReloadTests.speakers ? person + 1 : nil))
        }
        let sent = try talk(in: crowd, of: server, reloading: "gg") { channel.saying("\($0)") }
        check(crowd, sent)
        #expect(try server.status()["connections"] as? Int == ReloadTests.people)
    }

    /// Messages flow from several speakers, a few always on their way, until the last reload is done.
    private func talk(
        in crowd: Crowd,
        of server: LiveServer,
        reloading service: String,
        message: (Int) -> String
    ) throws -> Int {
        let deadline = Deadline(seconds: 120)
        let words = ["reload", service, "-c", server.patchbay.file]
        var sent = 0
        for number in 1...ReloadTests.reloads {
            let (command, errors) = try server.patchbay.begin(words)
            var isDone = false
            while !isDone {
                while sent < crowd.fewest + 4 {
                    crowd.send(message(sent), from: sent % ReloadTests.speakers)
                    sent += 1
                }
                isDone = try crowd.turn(deadline, other: command.descriptor)
            }
            let outcome = try server.patchbay.finish(command, errors)
            guard outcome.code == 0 else { throw Unexpected("reload \(number): \(outcome.errors)") }
        }
        while crowd.fewest < sent { try crowd.turn(deadline) }
        return sent
    }

    private func check(_ crowd: Crowd, _ sent: Int) {
        let first = crowd.members[0].heard
        #expect(sent > ReloadTests.reloads)
        #expect(first.sorted() == Array(0..<sent))
        #expect(crowd.members.allSatisfy { $0.heard == first })
        for speaker in 0..<ReloadTests.speakers {
            let own = first.filter { $0 % ReloadTests.speakers == speaker }
            #expect(own == own.sorted())
        }
        #expect(crowd.endings == [])
    }
}
