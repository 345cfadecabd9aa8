import Foundation
import PatchbayStage
import Testing

@Suite struct TranscriptSignatureTests {
    private static let john = #"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#
    private static let johnsToken =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
        + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"

    @Test(arguments: [
        ("$jwt(key,\(john))", johnsToken), (#"{"s":"$jwt(key, \#(john) )"}"#, #"{"s":"\#(johnsToken)"}"#),
        (#"$jwt(key,\#(john),{"alg":"HS256","typ":"JWT"})=x"#, johnsToken + "=x"),
        (
            "$hmac(key,eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ)",
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
        ),
        ("$jwt(key,,)", "..…"), ("$jwt(key,1)", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.MQ.…"),
        ("$jwt(key,12,~~~)", "fn5-.MTI.…"), ("$jwt(key,???,123)", "MTIz.Pz8_.…"),
        (#"$jwt(key,[1,")"],{"a":"\"}"})"#, #"eyJhIjoiXCJ9In0.WzEsIikiXQ.…"#),
        ("$jwt(key,' (a, ','')", ".IChhLCA.…"), ("$jwt key $hmac", "$jwt key $hmac"),
    ])
    func `what is signed stands in place of the function`(text: String, expected: String) throws {
        #expect(try failure(of: text, expected)?.description == nil)
    }

    @Test(arguments: [
        ("$jwt(none,1)", "a string captured as $none", "none"),
        ("$hmac(number,1)", "a string captured as $number", "7"),
        ("$jwt(key)", "$jwt(KEY,…)", "$jwt(key)"), ("$jwt(key,1,2,3)", "$jwt(KEY,…)", "$jwt(key,1,2,3)"),
        ("$hmac(key,1,2)", "$hmac(KEY,…)", "$hmac(key,1,2)"), ("a $jwt(key,1", "$jwt(KEY,…)", "$jwt(key,1"),
        ("$jwt(key,'1)", "$jwt(KEY,…)", "$jwt(key,'1)"), ("$jwt(key,'1'2)", "$jwt(KEY,…)", "$jwt(key,'1'2)"),
        (#"$jwt(key,{"a)"#, "$jwt(KEY,…)", #"$jwt(key,{"a)"#),
    ])
    func `what cannot be signed is a failure`(text: String, expected: String, found: String) throws {
        let failure = try failure(of: text, "…")
        #expect(failure?.line == 6)
        #expect(failure?.expected == expected)
        #expect(failure?.found == found)
    }

    private func failure(of text: String, _ expected: String) throws -> StageFailure? {
        let lines = [
            "anna connects", #"anna > "your-256-bit-secret""#, "anna < $key", "anna > 7", "anna < $number",
            "anna > \(text)", "anna < \(expected)",
        ]
        let transcript = try Transcript(name: "signed", text: lines.joined(separator: "\n"))
        return Stage(plugin: "EchoC", in: Self.folder).play(transcript)
    }

    private static let folder = URL(filePath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent().path
}
