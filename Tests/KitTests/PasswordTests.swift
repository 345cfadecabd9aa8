import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    /// What a service does with passwords, on a host that says what the test wants.
    @Suite(.serialized) struct PasswordTests {
        private static let whole = MemoryLayout<pb_secrets>.size

        private func life(
            size: Int = whole,
            _ body: @escaping (Probe, Secrets, LoginTry?) -> Void
        ) -> Life {
            Life(secretsSize: size) { setup in
                let secrets = setup.secrets
                setup.onMessage("go") { probe, _, connection in
                    guard let secrets else { return }
                    body(probe, secrets, probe.host.tryLogin(account: "anna", from: "10.0.0.1"))
                }
            }
        }

        @Test func `a hash is handed to who asked for it`() {
            let life = life { probe, secrets, _ in
                let isAsked = secrets.hash("secret") { hash in
                    probe.heard.append(String(decoding: hash, as: UTF8.self))
                }
                #expect(isAsked)
            }
            life.message("go", type: "go")
            #expect(life.host.hashes == ["hash secret"] && life.saved == "")
            life.host.tellHash?(1, "$scrypt$…")
            #expect(life.saved == "$scrypt$…")
            life.destroy()
        }

        @Test(arguments: [(Int32(1), "true"), (0, "false")])
        func `a verdict is handed to who asked for it`(verdict: Int32, expected: String) {
            let life = life { probe, secrets, login in
                #expect(secrets.verify("secret", against: "$hash", login) { probe.heard.append("\($0)") })
            }
            life.message("go", type: "go")
            #expect(life.host.hashes == ["verify secret against $hash for 7"])
            life.host.tellHash?(verdict, "")
            #expect(life.saved == expected)
            life.host.tellHash?(verdict, "")
            #expect(life.saved == expected)
            life.destroy()
        }

        @Test func `a login is left out where there is none, or where the host is too old for it`() {
            let one = life { _, secrets, _ in _ = secrets.verify("secret", against: "") { _ in } }
            one.message("go", type: "go")
            #expect(one.host.hashes == ["verify secret against "])
            one.destroy()
            let size = unsafe MemoryLayout<pb_secrets>.offset(of: \.verify_login) ?? 0
            let other = life(size: size) { _, secrets, login in
                #expect(secrets.canSeal)
                _ = secrets.verify("secret", against: [UInt8](), login) { _ in }
            }
            other.message("go", type: "go")
            #expect(other.host.hashes == ["verify secret against "])
            other.destroy()
        }

        @Test func `over the bound nothing is called`() {
            let life = life { probe, secrets, login in
                #expect(
                    !secrets.verify("secret", against: "$hash", login) { _ in probe.heard.append("verified") }
                )
                #expect(!secrets.hash("secret") { _ in probe.heard.append("hashed") })
            }
            life.host.isHashing = false
            life.message("go", type: "go")
            #expect(life.saved == "")
            life.destroy()
        }

        private func login(_ account: String = "anna") -> Life {
            Life(secretsSize: Self.whole) { setup in
                let secrets = setup.secrets
                setup.onMessage("go") { probe, _, connection in
                    secrets?.checkLogin(
                        of: connection,
                        account: account,
                        from: "10.0.0.2",
                        "secret",
                        against: "$hash"
                    ) { probe.heard.append("\($0)") }
                }
            }
        }

        @Test(arguments: [(Int32(1), "true", "7 settled 1"), (0, "false", "7 settled 0")])
        func `a login waits until its password is compared, and is settled`(
            verdict: Int32,
            expected: String,
            settled: String
        ) {
            let life = login()
            life.message("go", type: "go")
            #expect(life.host.logins == ["anna from 10.0.0.2", "1 later"] && life.saved == "")
            life.host.tellHash?(verdict, "")
            #expect(life.saved == expected && life.host.logins == ["anna from 10.0.0.2", "1 later", settled])
            life.destroy()
        }

        @Test func `a login that may not be checked is wrong at once, and nobody waits`() {
            let life = login("busy")
            life.message("go", type: "go")
            #expect(life.saved == "false" && life.host.hashes.isEmpty)
            #expect(life.host.logins == ["busy from 10.0.0.2"])
            life.destroy()
        }

        @Test func `a login over the bound is wrong at once, and has failed`() {
            let life = login()
            life.host.isHashing = false
            life.message("go", type: "go")
            #expect(life.saved == "false" && life.host.logins.last == "7 settled 0")
            life.destroy()
        }

        @Test(arguments: [
            (true, "0 \"$scrypt$…\""), (false, "-6 there was no memory to hash the password; try again"),
        ])
        func `a command is answered when its password is hashed`(isMade: Bool, answer: String) {
            let life = Life(secretsSize: Self.whole) { setup in
                let secrets = setup.secrets
                setup.onCommand("set") { _, call throws(AdministrationError) in
                    try secrets?.hash(call.text("pass"), for: call) { hash in
                        call.answer("\"\(String(decoding: hash, as: UTF8.self))\"")
                    }
                }
            }
            life.call("set", "pass", "secret")
            #expect(life.host.answers == [] && life.host.hashes == ["hash secret"])
            life.host.tellHash?(isMade ? 1 : 0, isMade ? "$scrypt$…" : "")
            #expect(life.host.answers == ["9 \(answer)"])
            life.call("set", "pass", String(repeating: "x", count: 4097))
            #expect(life.host.answers.last == "9 -6 a password of more than 4096 bytes is not taken")
            life.host.isHashing = false
            life.call("set", "pass", "secret")
            #expect(
                life.host.answers.last == "9 -6 too many passwords are being hashed; try again in a moment"
            )
            life.destroy()
        }

        @Test func `what waits ends with the instance, whatever it holds`() {
            let before = unsafe Probe.alive
            let life = life { probe, secrets, _ in
                // The service knows the secrets, which know what waits, which knows the service.
                probe.secrets = secrets
                #expect(secrets.hash("secret") { _ in probe.heard.append("late") })
            }
            life.message("go", type: "go")
            #expect(unsafe Probe.alive == before + 1)
            life.destroy()
            #expect(unsafe Probe.alive == before)
        }
    }
}
