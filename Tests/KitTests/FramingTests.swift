import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    @Suite struct FramingTests {
        @Test(
            arguments: [
                (.length(width: 4), "0 0 4 0"), (.length(width: 2, .littleEndian), "0 1 2 0"),
                (.length(width: 1, [.countsItself, .countsTrailer], trailer: 7), "0 22 1 7"),
                (.length(width: 4, .uncheckedTrailer, trailer: 0), "0 12 4 0"), (.lines, "1 32 0 10"),
                (.delimiter(0), "1 0 0 0"), (.delimiter(0xff, .skipsEmpty), "1 64 0 255"),
                (.delimiter(1, .refusesEmpty), "1 128 0 1"),
            ] as [(Framing, String)]
        )
        func `a framing reaches the host as it is said`(framing: Framing, numbers: String) {
            let life = Life { setup in setup.framing(framing, on: "control") }
            #expect(life.host.framings == ["control \(numbers)"])
            life.destroy()
        }

        @Test func `the longest message of a stream reaches the host`() {
            let life = Life { setup in
                setup.framing(.lines, maximum: 100)
                setup.ownFraming(maximum: 1 << 40, on: "control")
            }
            #expect(life.host.framings == [" 1 32 0 10 at most 100", "control 2 0 0 0 at most 4294967295"])
            life.destroy()
        }

        @Test(arguments: [
            ("", 0, ""), ("[", 0, ""), ("[abc", 0, ""), ("[abc]", 5, "abc"), ("[]", 2, ""),
            ("[a][b]", 3, "a"), ("x[a]", -1, ""),
        ])
        func `a service's own framer finds messages where they stand`(
            bytes: String,
            used: Int64,
            found: String
        )
            throws
        {
            let life = Life { setup in setup.ownFraming(on: "control") }
            defer { life.destroy() }
            #expect(life.host.framings == ["control 2 0 0 0"])
            let framer = unsafe try #require(life.host.framer)
            var message = unsafe pb_bytes()
            let answer = unsafe Array(bytes.utf8).withUnsafeBufferPointer { buffer in
                let all = unsafe pb_bytes(data: buffer.baseAddress, count: buffer.count)
                let answer = unsafe framer(all, &message)
                if answer > 0 {
                    unsafe #expect(message.data == all.data.map { unsafe $0 + 1 })
                    unsafe #expect(FakeHost.text(message) == found)
                }
                return answer
            }
            #expect(answer == used)
        }

        @Test(
            arguments: [
                .message(0..<4, used: 3), .message(0..<0, used: 0), .message(2..<9, used: 9),
                .message(-1..<2, used: 2), .message(0..<1, used: -1),
            ] as [Frame]
        )
        func `a framer that makes up bytes ends the connection`(frame: Frame) throws {
            let life = Life { setup in setup.ownFraming() }
            defer { life.destroy() }
            unsafe Probe.found = frame
            defer { unsafe Probe.found = nil }
            let framer = unsafe try #require(life.host.framer)
            var message = unsafe pb_bytes()
            let answer = unsafe [1, 2, 3, 4].withUnsafeBufferPointer { buffer in
                unsafe framer(pb_bytes(data: buffer.baseAddress, count: buffer.count), &message)
            }
            #expect(answer == -1)
        }

        @Test func `subprotocols reach the host`() {
            let life = Life { setup in
                setup.subprotocol("chat.1")
                setup.subprotocol("chat.2", on: "room")
            }
            #expect(life.host.subprotocols == [" chat.1", "room chat.2"])
            life.destroy()
        }

        @Test func `what the host refuses refuses the service`() {
            let framed = Life(registrationAnswer: PB_EXISTS.rawValue) { setup in setup.framing(.lines) }
            #expect(framed.host.refusal?.contains("the framing of endpoint \"\" (exists)") == true)
            let named = Life(registrationAnswer: PB_INVALID.rawValue) { setup in setup.subprotocol("a b") }
            #expect(named.host.refusal?.contains("subprotocol \"a b\" (invalid)") == true)
        }

        @Test func `a host of 1.0 is not asked for what it has not`() throws {
            let size = try #require(unsafe MemoryLayout<pb_host>.offset(of: \.framing))
            let life = Life(tableSize: size) { setup in setup.ownFraming() }
            #expect(life.isRefused)
            #expect(life.host.refusal?.contains("(unavailable)") == true)
            #expect(life.host.framings == [])
        }
    }
}
