import Testing
import Wire

@Suite struct WebSocketFailureTests {
    @Test(
        arguments: [
            (.reservedBits, 1002), (.unknownOpcode, 1002), (.unmasked, 1002), (.masked, 1002),
            (.fragmentedControlFrame, 1002), (.longControlFrame, 1002), (.lengthNotMinimal, 1002),
            (.lengthOver63Bits, 1002), (.continuationOfNothing, 1002), (.messageInsideMessage, 1002),
            (.closeOfOneByte, 1002), (.closeCodeNotAllowed, 1002), (.closeReasonNotUTF8, 1007),
            (.textNotUTF8, 1007), (.messageTooBig, 1009), (.notDeflate, 1007),
        ] as [(WebSocketFailure, UInt16)]
    )
    func `each failure has its close code, and a sentence that fits a close frame`(
        failure: WebSocketFailure,
        code: UInt16
    ) {
        #expect(failure.code.rawValue == code)
        #expect((10...123).contains(failure.sentence.utf8.count))
    }
}
