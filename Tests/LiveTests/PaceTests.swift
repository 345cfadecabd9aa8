import Testing
import Wire

/// `limit queries` over sockets, on a loop's thread and on one of the lane's own.
@Suite struct PaceTests {
    private static let echo = """
        static void echo(void *self, pb_connection from, const pb_message *message) {
            (void)self;
            host->send(host->context, from, message->kind, message->payload);
        }
        """
    private static let registrations = """
        const pb_grammar words = { .size = sizeof words, .kind = PB_GRAMMAR_DELIMITER, .delimiter = ' ' };
        const pb_message_type paced = { .size = sizeof paced, .flags = PB_PACED, .type = TEXT("paced") };
        host->grammar(host->context, TEXT(""), &words);
        host->on_message(host->context, TEXT(""), &paced, echo, &service);
        """

    @Test(arguments: ["shared", "own"], [1, 2])
    func `a flood is answered to the last, in order, and holds nobody up`(lane: String, loops: Int) throws {
        let folder = try TemporaryFolder()
        let plugin = TestPlugin(registrations: PaceTests.registrations, functions: PaceTests.echo)
        let file = try plugin.build("libTest.so", in: folder)
        let server = try LiveServer(
            """
            loops \(loops);
            lane \(lane);
            listen web { address 127.0.0.1:0; }
            service test { plugin \(file); websocket web /test; limit queries 20000/s burst 100; }
            """
        )
        let crowd = Crowd(), other = try WebSocketClient(server.address("/test"))
        for _ in 0..<4 { crowd.add(try WebSocketClient(server.address("/test"))) }
        let deadline = Deadline(seconds: 60)
        let numbers = 0..<10_000
        let bytes = numbers.flatMap { WebSocketClient.frame(.text, Array("paced \($0)".utf8)) }
        for member in crowd.members { member.socket.write(bytes) }
        #expect(try other.ask("paced free") == .text("free"))
        while crowd.fewest < numbers.upperBound { try crowd.turn(deadline) }
        #expect(crowd.members.allSatisfy { $0.heard == Array(numbers) })
        #expect(crowd.endings == [])
    }
}
