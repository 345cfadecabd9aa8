import Testing

@testable import Core

@Suite struct LoginThrottleTests {
    private static let second: Int64 = 1_000_000_000

    /// A throttle and a clock that is moved by hand.
    private final class Door {
        private var throttle: LoginThrottle
        var now: Int64 = 5 * LoginThrottleTests.second

        init(limit: Int? = 3, backEnds: [String] = [], mostKeys: Int = 100) {
            throttle = LoginThrottle(
                limit: limit,
                backEnds: backEnds.compactMap(AddressRange.init),
                mostKeys: mostKeys
            )
        }

        func begin(_ account: String, _ address: String) -> UInt64? {
            throttle.begin(account: account.utf8.span, address: address.utf8.span, now: now)
        }

        /// Nil: too many.
        func enter(_ account: String, _ address: String, isRight: Bool = false) -> Bool? {
            begin(account, address).map { settle($0, isRight) }
        }

        func settle(_ ticket: UInt64, _ isRight: Bool) -> Bool {
            throttle.settle(ticket, hasSucceeded: isRight, now: now)
        }

        func pass(seconds: Int64) { now += seconds * LoginThrottleTests.second }
    }

    @Test func `an account may fail so often in any minute`() {
        let door = Door()
        for number in 1...3 {
            #expect(door.enter("anna", "10.0.0.\(number)") == true)
            door.pass(seconds: 10)
        }
        #expect(door.enter("anna", "10.0.0.4") == nil && door.enter("ben", "10.0.0.4") == true)
        door.pass(seconds: 29)
        #expect(door.enter("anna", "10.0.0.5") == nil)
        door.pass(seconds: 1)
        #expect(door.enter("anna", "10.0.0.5") == true && door.enter("anna", "10.0.0.6") == nil)
        door.pass(seconds: 10)
        #expect(door.enter("anna", "10.0.0.6") == true && door.enter("anna", "10.0.0.7") == nil)
    }

    @Test func `an address may fail so often, whatever the account`() {
        let door = Door()
        for number in 1...3 { #expect(door.enter("\(number)", "10.0.0.1") == true) }
        #expect(door.enter("4", "10.0.0.1") == nil && door.enter("4", "10.0.0.2") == true)
        door.pass(seconds: 60)
        #expect(door.enter("4", "10.0.0.1") == true)
    }

    @Test func `what is refused does not count`() {
        let door = Door()
        for number in 1...3 { #expect(door.enter("\(number)", "10.0.0.1") == true) }
        for _ in 0..<10 { #expect(door.enter("anna", "10.0.0.1") == nil) }
        #expect(door.enter("anna", "10.0.0.2") == true)
    }

    @Test func `a success does not clear the count of its address`() {
        let door = Door()
        for account in ["a", "b"] { #expect(door.enter(account, "10.0.0.1") == true) }
        for _ in 0..<5 { #expect(door.enter("own", "10.0.0.1", isRight: true) == true) }
        #expect(door.enter("c", "10.0.0.1") == true && door.enter("own", "10.0.0.1", isRight: true) == nil)
    }

    @Test func `a success does not clear the count of its account`() {
        let door = Door()
        for number in 1...2 { #expect(door.enter("anna", "10.0.0.\(number)") == true) }
        #expect(door.enter("anna", "10.0.0.3", isRight: true) == true)
        #expect(door.enter("anna", "10.0.0.4") == true && door.enter("anna", "10.0.0.5") == nil)
    }

    @Test func `a login that is being checked counts, and for good when it is never settled`() {
        let door = Door()
        let tickets = (0..<3).map { _ in door.begin("anna", "10.0.0.1") }
        #expect(tickets == [1, 2, 3] && door.begin("anna", "10.0.0.2") == nil)
        #expect(door.settle(2, true))
        #expect(door.begin("ben", "10.0.0.1") == 4 && door.begin("ben", "10.0.0.1") == nil)
        door.pass(seconds: 60)
        #expect(door.begin("ben", "10.0.0.1") == 5)
    }

    @Test func `a login is settled once`() {
        let door = Door()
        #expect(door.begin("anna", "10.0.0.1") == 1)
        let settled = [1, 1, 2, 0].map { door.settle($0, false) }
        #expect(settled == [true, false, false, false])
    }

    @Test func `no stranger locks an owner out who came in from there within a day`() {
        let door = Door()
        #expect(door.enter("anna", "10.0.0.1", isRight: true) == true)
        door.pass(seconds: 86_399)
        for number in 1...3 { #expect(door.enter("anna", "10.0.1.\(number)") == true) }
        #expect(door.enter("anna", "10.0.0.2", isRight: true) == nil)
        #expect(door.enter("anna", "10.0.0.1", isRight: true) == true)
        #expect(door.enter("anna", "10.0.1.9") == nil)
        door.pass(seconds: 86_400)
        for number in 1...3 { #expect(door.enter("anna", "10.0.1.\(number)") == true) }
        #expect(door.enter("anna", "10.0.0.1", isRight: true) == nil)
    }

    @Test func `who came in passes the account's limit, but not that of his address`() {
        let door = Door()
        #expect(door.enter("anna", "10.0.0.1", isRight: true) == true)
        for number in 1...3 { #expect(door.enter("anna", "10.0.1.\(number)") == true) }
        for _ in 0..<3 { #expect(door.enter("anna", "10.0.0.1") == true) }
        #expect(door.enter("anna", "10.0.0.1") == nil)
        #expect(door.enter("anna", "10.0.0.2") == nil)
    }

    @Test(arguments: [
        ("2001:db8::1", "2001:db8:0:0:ffff::2", true), ("2001:db8::1", "2001:db8:0:1::1", false),
        ("10.0.0.1", "::ffff:10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false), ("::1", "0.0.0.1", false),
    ])
    func `addresses of one IPv6 network are one`(one: String, other: String, isSame: Bool) {
        let door = Door(limit: 1)
        #expect(door.enter("a", one) == true)
        #expect((door.enter("b", other) == nil) == isSame)
    }

    @Test(arguments: ["10.0.0.1", "10.1.2.3", "2001:db8::5", "unix", "", "/run/a.sock"])
    func `back ends and who has no IP address count by account alone`(address: String) {
        let door = Door(limit: 1, backEnds: ["10.0.0.1", "10.1.0.0/16", "2001:db8::/32"])
        for account in ["a", "b", "c"] { #expect(door.enter(account, address) == true) }
        #expect(door.enter("a", address) == nil)
        // Who came in by it opens the account to nobody else who comes by it.
        #expect(door.enter("d", address, isRight: true) == true && door.enter("d", "10.9.9.9") == true)
        #expect(door.enter("d", address, isRight: true) == nil)
    }

    @Test func `without an account only the address counts`() {
        let door = Door()
        for _ in 0..<3 { #expect(door.enter("", "10.0.0.1") == true) }
        #expect(door.enter("", "10.0.0.1") == nil && door.enter("anna", "10.0.0.1") == nil)
        for number in 2...9 { #expect(door.enter("", "10.0.0.\(number)") == true) }
        // With one it counts in the same place.
        for number in 1...3 { #expect(door.enter("\(number)", "10.0.1.1") == true) }
        #expect(door.enter("", "10.0.1.1") == nil)
        door.pass(seconds: 60)
        #expect(door.enter("", "10.0.0.1") == true)
    }

    @Test func `a success without an account opens nothing, and counts no more`() {
        let door = Door()
        for _ in 0..<9 { #expect(door.enter("", "10.0.0.1", isRight: true) == true) }
        for _ in 0..<3 { #expect(door.enter("", "10.0.0.1") == true) }
        #expect(door.enter("", "10.0.0.1", isRight: true) == nil)
        #expect(door.settle(1, true) == false)
    }

    @Test(arguments: ["10.1.2.3", "unix", ""])
    func `without an account nothing of a back end counts`(address: String) {
        let door = Door(limit: 1, backEnds: ["10.1.0.0/16"])
        for _ in 0..<99 { #expect(door.enter("", address) == true) }
        #expect(door.enter("anna", address) == true && door.enter("anna", address) == nil)
    }

    @Test func `without a limit every login has a ticket`() {
        let door = Door(limit: nil)
        for _ in 0..<100 { #expect(door.enter("anna", "10.0.0.1") == true) }
    }

    @Test func `of too many accounts and addresses the oldest are forgotten`() {
        let door = Door(limit: 1, mostKeys: 10)
        for number in 0..<11 { #expect(door.enter("\(number)", "10.0.0.\(number)") == true) }
        #expect(door.enter("1", "10.1.0.0") == nil && door.enter("0", "10.0.0.1") == nil)
        #expect(door.enter("0", "10.0.0.0") == true)
    }
}
