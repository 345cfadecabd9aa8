import Core
import Testing

@Suite struct ConfigurationLimitsTests {
    private func limits(_ top: String, _ own: String = "") throws -> Limits {
        let service = "service a { plugin A; http web /a; \(own) }"
        return try ConfigurationFixture("\(top) listen web { address *:0; } \(service)").read().services[0]
            .settings.limits
    }

    @Test func `the defaults hold for the open internet`() throws {
        let limits = try limits("")
        #expect(limits.connections == nil)
        #expect(limits.connectionsPerAddress == 1_000)
        #expect(limits.connectionsPerPrincipal == nil)
        #expect(limits.rate == nil)
        #expect(limits.queries == Limits.Rate(perSecond: 50, burst: 200))
        #expect(limits.bytesPerSecond == nil)
        #expect(limits.authFailuresPerMinute == 10)
        #expect(limits.message == 65_536)
        #expect(limits.outbox == 1_048_576)
        #expect(limits.queue == 4_194_304)
        #expect(limits.login == nil)
        #expect(limits.idle == .seconds(25))
        #expect(limits.pong == .seconds(10))
        #expect(limits.head == 16_384)
        #expect(limits.headTime == .seconds(10))
        #expect(limits.handshake == .seconds(10))
        #expect(limits.bodyTime == .seconds(30))
        #expect(limits.compress == 1_024)
        #expect(limits.sockJSResponse == 131_072)
    }

    @Test func `every limit can be set`() throws {
        let limits = try limits(
            """
            limit connections 1; limit connections_per_address 2; limit connections_per_principal 3;
            limit rate 4/s burst 5; limit bytes 6k/s; limit auth_failures 7/m; limit message 8m; limit outbox 9;
            limit queue 1g; limit login 500ms; limit idle 2m; limit head 1k; limit head_time 1h;
            limit queries 8/s burst 9; limit handshake 4s; limit body_time 5s; limit compress 0; limit sockjs_response 2k;
            """
        )
        var expected = Limits()
        expected.connections = 1
        expected.connectionsPerAddress = 2
        expected.connectionsPerPrincipal = 3
        expected.rate = Limits.Rate(perSecond: 4, burst: 5)
        expected.queries = Limits.Rate(perSecond: 8, burst: 9)
        expected.bytesPerSecond = 6_144
        expected.authFailuresPerMinute = 7
        expected.message = 8_388_608
        expected.outbox = 9
        expected.queue = 1_073_741_824
        expected.login = .milliseconds(500)
        expected.idle = .seconds(120)
        expected.head = 1_024
        expected.headTime = .seconds(3_600)
        expected.handshake = .seconds(4)
        expected.bodyTime = .seconds(5)
        expected.compress = 0
        expected.sockJSResponse = 2_048
        #expect(limits == expected)
    }

    @Test func `the service's limit counts, then that at top level, then the default`() throws {
        let limits = try limits(
            "limit message 1k; limit outbox 2k; limit body_time 1s; limit compress 1;",
            "limit message 3k; limit body_time 2s; limit compress 2; limit sockjs_response 3;"
        )
        #expect(limits.message == 3_072)
        #expect(limits.outbox == 2_048)
        #expect(limits.queue == 4_194_304)
        #expect(limits.bodyTime == .seconds(2))
        #expect(limits.compress == 2)
        #expect(limits.sockJSResponse == 3)
    }

    @Test func `a burst that is not given is the rate`() throws {
        #expect(try limits("limit rate 10/s;").rate == Limits.Rate(perSecond: 10, burst: 10))
        #expect(try limits("limit queries 9/s;").queries == Limits.Rate(perSecond: 9, burst: 9))
    }

    @Test(arguments: [
        ("connections 5", "connections"), ("connections_per_address 5", "connections_per_address"),
        ("connections_per_principal 5", "connections_per_principal"), ("rate 5/s burst 6", "rate"),
        ("queries 5/s burst 6", "queries"), ("bytes 5/s", "bytes"), ("auth_failures 5/m", "auth_failures"),
    ])
    func `a service lifts a limit with none`(top: String, name: String) throws {
        let all = try limits("limit \(top);"), lifted = try limits("limit \(top);", "limit \(name) none;")
        let values = { (limits: Limits) in
            [
                limits.connections, limits.connectionsPerAddress, limits.connectionsPerPrincipal,
                limits.rate?.burst, limits.queries?.burst, limits.bytesPerSecond,
                limits.authFailuresPerMinute,
            ]
        }
        #expect(zip(values(all), values(lifted)).filter { $0 != $1 }.map(\.1) == [nil])
    }
}
