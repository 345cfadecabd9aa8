import Testing

@testable import Core

/// Whether a service is told that other machines reach it.
@Suite struct ExposureTests {
    @Test(arguments: [
        ("address 127.0.0.1:0;", 0), ("address 127.9.8.7:80;", 0), ("address [::1]:0;", 0),
        ("address [::ffff:127.0.0.1]:0;", 0), ("unix control.sock;", 0), ("address 10.0.0.1:0;", 1),
        ("address *:0;", 1), ("address 0.0.0.0:0;", 1), ("address [::]:0;", 1), ("address 128.0.0.1:0;", 1),
        ("address [::2]:0;", 1), ("address [fe80::1]:0;", 1), ("address [::ffff:10.0.0.1]:0;", 1),
    ])
    func `it is by an address that is not the machine's own`(address: String, isExposed: Int) throws {
        let test = try TestServer(
            """
            listen other { \(address) }
            service puppet { plugin Puppet; websocket web /main; stream other lines; }
            service apart { plugin Puppet; websocket web /apart; }
            """
        )
        #expect(try test.open().ask("exposed") == [.text("\(isExposed)")])
        // Not by what others have, and after a reload as before.
        #expect(try test.open("/apart").ask("exposed") == [.text("0")])
        try test.reload(FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""]))
        #expect(try test.open().ask("exposed") == [.text("\(isExposed)")])
    }
}
