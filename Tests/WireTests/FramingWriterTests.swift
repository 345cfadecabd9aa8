import Testing
import Wire

@Suite struct FramingWriterTests {
    private func refusal(_ payload: [UInt8], as framing: Framing) -> Framing.Refusal? {
        do throws(Framing.Refusal) {
            _ = try framing.envelope(of: payload.span)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            (Framing.LengthPrefix(.one), 255), (Framing.LengthPrefix(.one, countsItself: true), 254),
            (Framing.LengthPrefix(.one, trailer: Framing.Trailer(0)), 255),
            (Framing.LengthPrefix(.one, trailer: Framing.Trailer(0, isCounted: true)), 254),
            (Framing.LengthPrefix(.two, .little), 65_535),
            (Framing.LengthPrefix(.two, countsItself: true), 65_533),
        ] as [(Framing.LengthPrefix, Int)]
    )
    func `a payload must fit its prefix`(prefix: Framing.LengthPrefix, most: Int) {
        let payload = [UInt8](repeating: 1, count: most)
        #expect(refusal(payload, as: .length(prefix)) == nil)
        #expect(refusal(payload + [1], as: .length(prefix)) == .overPrefix)
    }

    @Test(
        arguments: [
            (.lines, "a\r\nb"), (.lines, "\n"), (.lines, "a\r"),
            (.delimiter(Framing.Delimiter(0)), "a\0"),
        ] as [(Framing, String)]
    )
    func `a line must not hold what ends it`(framing: Framing, text: String) {
        #expect(refusal(Array(text.utf8), as: framing) == .holdsDelimiter)
    }

    @Test(
        arguments: [
            (.lines, "a\rb"), (.lines, ""), (.delimiter(Framing.Delimiter()), "a\r"),
            (.delimiter(Framing.Delimiter(0)), "a\r\n"), (.plugin, "\n"),
        ] as [(Framing, String)]
    )
    func `a line may hold all else`(framing: Framing, text: String) {
        #expect(refusal(Array(text.utf8), as: framing) == nil)
    }

    @Test func `a refused payload leaves the buffer as it was`() {
        var buffer: [UInt8] = [1]
        let line: [UInt8] = [0x0a]
        #expect(throws: Framing.Refusal.holdsDelimiter) { try Framing.lines.append(line.span, to: &buffer) }
        #expect(buffer == [1])
    }

    @Test func `around a payload of a plugin's framing there is nothing`() throws {
        var buffer: [UInt8] = []
        let payload: [UInt8] = [1, 2]
        try Framing.plugin.append(payload.span, to: &buffer)
        #expect(buffer == payload)
    }
}
