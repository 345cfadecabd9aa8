import Testing

@testable import Core

@Suite struct HeldMessagesTests {
    private func message(_ number: Int, batch: Int? = nil) -> HeldMessages.Message {
        HeldMessages.Message(form: .text, bytes: Array("\(number)".utf8), batch: batch)
    }

    private func drain(_ held: inout HeldMessages) -> [String] {
        var texts: [String] = []
        while let message = held.popFirst() { texts.append(String(decoding: message.bytes, as: UTF8.self)) }
        return texts
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `messages come out as they went in, and bytes are counted`(seed: UInt64) {
        var random = SplitMix(seed), held = HeldMessages(), list: [Int] = []
        for number in 0..<2_000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0..<3:
                held.append(message(number))
                list.append(number)
            case 3:
                guard let first = held.popFirst() else { continue }
                held.putBack(first)
            default:
                let text = held.popFirst().map { String(decoding: $0.bytes, as: UTF8.self) }
                #expect(text == list.first.map(String.init))
                list = Array(list.dropFirst())
            }
            let bytes = list.reduce(0) { $0 + String($1).utf8.count + HeldMessages.overhead }
            #expect(held.bytes == bytes && held.isEmpty == list.isEmpty)
        }
        #expect(drain(&held) == list.map(String.init) && held.bytes == 0)
    }

    @Test func `those of a lost batch are taken out, wherever they stand`() {
        var held = HeldMessages()
        for (number, batch) in zip(0..., [1, nil, 2, 1, 2, nil] as [Int?]) {
            held.append(message(number, batch: batch))
        }
        _ = held.popFirst()
        held.remove(batch: 2)
        #expect(held.bytes == 3 * (1 + HeldMessages.overhead))
        #expect(drain(&held) == ["1", "3", "5"])
    }
}
