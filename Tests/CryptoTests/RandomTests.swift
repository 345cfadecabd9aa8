import Crypto
import Testing

@Suite struct RandomTests {
    @Test(arguments: [0, 1, 16, 1000])
    func `as many bytes come as were asked for`(count: Int) {
        #expect(Random.bytes(count).count == count)
    }

    @Test func `two draws of 16 bytes differ`() {
        #expect(Random.bytes(16) != Random.bytes(16))
    }
}
