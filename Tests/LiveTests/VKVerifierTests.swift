import Glibc
import Testing

/// vkchat whose passwords of VK are known to a server elsewhere.
@Suite struct VKVerifierTests {
    private struct Ground {
        let site: VKChatSite
        let verifier: Program

        init(options: String = "") throws {
            let folder = try TemporaryFolder()
            verifier = try Program(
                Products.python,
                [Products.client("verifier.py")],
                errors: folder.file("verifier.log")
            )
            guard let port = try verifier.readLine() else { throw Unexpected(folder.text("verifier.log")) }
            site = try VKChatSite(
                options: "option vk_verifier http://127.0.0.1:\(port)/check?a=b; \(options)"
            )
        }

        static func command(_ password: String, name: String = "anna") throws -> String {
            try VKChatSite.command("VK_Autorization", ["username": name, "password": password])
        }
    }

    private static let right = RequestClient.Answer(status: 200, body: #"{"answer":"Autorization OK"}"#)
    private static let wrong = RequestClient.Answer(
        status: 200,
        body: #"{"answer":"Incorrect username or password"}"#
    )

    @Test func `it is asked for each password, and what it does not say counts as wrong and is in the log`()
        throws
    {
        let ground = try Ground()
        let client = try ground.site.requests(), webSocket = try ground.site.webSocket()
        for (password, answer) in [("200", Self.right), ("401", Self.wrong)] {
            #expect(try client.ask(Ground.command(password)) == answer)
            #expect(try webSocket.ask(Ground.command(password)) == .text(answer.body))
            for _ in 0..<2 {
                #expect(
                    try ground.verifier.readLine()
                        == #"/check?a=b application/json {"username":"anna","password":"\#(password)"}"#
                )
            }
        }
        #expect(!ground.site.server.errors.contains("vk_verifier"))
        #expect(try client.ask(Ground.command("500")) == Self.wrong)
        #expect(ground.site.server.errors.contains("vk_verifier does not say whether a password is right"))
        #expect(!ground.site.server.errors.contains("anna"))
    }

    @Test func `one that does not answer in time, or is not there, has every password wrong`() throws {
        let ground = try Ground()
        let client = try ground.site.requests(), webSocket = try ground.site.webSocket()
        webSocket.send(try Ground.command("hang"))
        webSocket.send(try VKChatSite.command("get_users"))
        #expect(try webSocket.receive() == .text(Self.wrong.body))
        #expect(try webSocket.receive() == .text(#"{"ans":[]}"#))
        _ = try ground.verifier.end(SIGKILL)
        #expect(try client.ask(Ground.command("200")) == Self.wrong)
    }

    @Test func `a login under way is asked for anew by the next generation`() throws {
        let ground = try Ground()
        let client = try ground.site.requests()
        client.send(try Ground.command("hang"))
        let asked = try ground.verifier.readLine()
        let outcome = try ground.site.server.command("reload", "vkchat")
        #expect(outcome.code == 0)
        #expect(try ground.verifier.readLine() == asked)
        #expect(try client.client.answer() == Self.wrong)
    }

    @Test func `who is removed while a login is checked is nobody after it`() throws {
        let ground = try Ground(), webSocket = try ground.site.webSocket()
        let registration = try VKChatSite.command("Registration", ["login": "anna", "pas": "x"])
        #expect(try webSocket.ask(registration) == .text(VKChatSite.success(1).body))
        try ground.site.makeDialog()
        webSocket.send(try Ground.command("hang"))
        _ = try ground.verifier.readLine()
        #expect(try ground.site.server.command("call", "vkchat", "user.remove", "id_user=1").code == 0)
        #expect(try webSocket.receive() == .text(Self.wrong.body))
        let follow = try VKChatSite.command("get_msg", ["id_dialog": 1, "follow": 1])
        #expect(try webSocket.ask(follow) == .text(VKChatSite.said("Authorization required").body))
    }

    @Test func `in the original dialect who is right becomes a user, once`() throws {
        let ground = try Ground(options: "option dialect original;")
        let client = try ground.site.requests()
        let expected = RequestClient.Answer(
            status: 200,
            body: #"{"answer":{"ans":"Authorization success","id":1}}"#
        )
        for _ in 0..<2 { #expect(try client.ask(Ground.command("200")) == expected) }
        #expect(try client.ask(Ground.command("401", name: "boris")) == Self.wrong)
    }

    @Test(arguments: ["http://example.com/", "ftp://127.0.0.1/", "http://localhost.example/", "account", ""])
    func `passwords are sent to nobody who is elsewhere and shows no certificate`(verifier: String) throws {
        let patchbay = try Patchbay(
            "state FOLDER/state;\n" + VKChatSite.configuration("option vk_verifier \"\(verifier)\";")
        )
        let (program, errors) = try patchbay.begin(["run", "-c", patchbay.file])
        let outcome = try patchbay.finish(program, errors)
        #expect(
            outcome.code == 1
                && outcome.errors.contains("vk_verifier is neither accounts nor an https:// URL")
        )
    }
}
