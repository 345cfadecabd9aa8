import Crypto
import Testing

@Suite struct ConstantTimeTests {
    @Test(arguments: [[], [0], [1, 2, 3], [UInt8](repeating: 7, count: 100)] as [[UInt8]])
    func `the same bytes are equal`(bytes: [UInt8]) {
        let copy = bytes.map { $0 }
        let equal = ConstantTime.equal(bytes.span, copy.span)
        #expect(equal)
    }

    @Test(
        arguments: [([], [0]), ([1, 2, 3], [1, 2, 4]), ([1, 2, 3], [0, 2, 3]), ([1, 2, 3], [1, 2])]
            as [([UInt8], [UInt8])]
    )
    func `other bytes or another count are not`(left: [UInt8], right: [UInt8]) {
        let equal = ConstantTime.equal(left.span, right.span)
        #expect(!equal)
    }
}
