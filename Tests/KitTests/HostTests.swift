import JSON
import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    @Suite struct HostTests {
        /// What the host was asked to do while a service was told of an opened connection.
        private func done(_ work: @escaping (Host, Connection) -> Void) -> FakeHost {
            let life = Life { setup in setup.onOpen { probe, connection in work(probe.host, connection) } }
            life.open()
            life.destroy()
            return life.host
        }

        @Test func `strings, bytes and written JSON are sent as they are`() {
            let host = done { host, connection in
                host.send("hello", to: connection)
                host.send(Array("bytes".utf8), to: connection)
                host.send(binary: [0x41], to: connection)
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("n", 1)
                writer.endObject()
                host.send(writer, to: connection)
                host.close(connection, code: 1008, reason: "away")
            }
            #expect(host.sent == ["1 hello", "1 bytes", "1 binary A", #"1 {"n":1}"#, "1 closed 1008 away"])
        }

        @Test func `a connection is written as the host's log has it`() {
            _ = done { _, connection in #expect("\(connection)" == String(connection.bits, radix: 16)) }
        }

        @Test func `rooms are published to, but for some`() {
            let host = done { host, connection in
                host.join("all", connection)
                #expect(host.publish("a", to: "all") == 7)
                host.publish("b", to: "all", except: connection)
                host.publish("c", to: "all", except: host.connections)
                #expect(host.memberCount(of: "all") == 1)
                #expect(host.members(of: "all") == [connection])
                #expect(host.isMember(connection, of: "all") && !host.isMember(connection, of: "few"))
                #expect(host.rooms(of: connection) == [Array("all".utf8), Array("few".utf8)])
                #expect(host.roomCount(of: connection) == 2)
            }
            #expect(host.sent == ["1 joins all", "all a -", "all b -1", "all c -1-2-3"])
        }

        @Test func `state of a connection comes back with its version`() {
            _ = done { host, connection in
                host.setState("abc", version: 3, of: connection)
                #expect(host.state(of: connection) == SavedState(version: 3, bytes: Array("abc".utf8)))
                let info = host.describe(connection)
                #expect(info?.transport == .sockJS)
                #expect(info?.subprotocol == "chat.2" && info?.certificate == "anna")
            }
        }

        @Test func `what a message type asks for is said by its flags`() {
            let life = Life { setup in
                setup.onMessage("login", .login) { _, _, _ in }
                setup.onMessage("add", [.needsLogin, .counted]) { _, _, _ in }
                setup.onMessage("list", [.needsPrincipal, .paced]) { _, _, _ in }
            }
            #expect(life.host.flags == ["login 1", "add 10", "list 20"])
            life.destroy()
        }

        @Test func `a login is tried before it is checked, and settled`() {
            let host = done { host, connection in
                let address = host.address(of: connection)
                host.tryLogin(account: "anna", from: address)?.failed()
                host.tryLogin(account: "anna", from: "10.0.0.8")?.succeeded()
                #expect(host.tryLogin(account: "busy", from: address) == nil)
                host.tryLogin(from: address)?.succeeded()
            }
            let tries = ["anna from 10.0.0.7", "7 settled 0", "anna from 10.0.0.8", "7 settled 1"]
            #expect(host.logins == tries + ["busy from 10.0.0.7", " from 10.0.0.7", "7 settled 1"])
        }

        @Test func `a host that does not count logins lets each be checked`() {
            let size = unsafe MemoryLayout<pb_host>.offset(of: \.try_login) ?? 0
            let life = Life(tableSize: size) { setup in
                let login = setup.host.tryLogin(account: "busy", from: "10.0.0.7")
                #expect(login != nil)
                login?.failed()
            }
            #expect(life.host.logins == [])
            life.destroy()
        }

        @Test func `timers have a name and a key, and fire with the key`() {
            let life = Life { setup in
                setup.onTimer("tell") { probe, key in probe.heard.append(String(decoding: key, as: UTF8.self))
                }
                setup.host.startTimer("tell", key: "5", milliseconds: 100)
                #expect(setup.host.timerLeft("tell", key: "5") == 250)
                #expect(setup.host.timerLeft("tell", key: "none") == nil)
            }
            life.fire("tell", key: "5")
            #expect(life.saved == "5")
            #expect(life.host.sent == ["timer tell 5 100"])
            life.destroy()
        }

        @Test func `a closed connection comes with code and reason`() {
            let life = Life { setup in
                setup.onClose { probe, _, closing in
                    probe.heard.append("\(closing.code) " + String(decoding: closing.reason, as: UTF8.self))
                }
            }
            life.close(1001, "bye")
            #expect(life.saved == "1001 bye")
            life.destroy()
        }

        @Test func `a log line carries its fields`() {
            let host = done { host, _ in host.log(.info, "joined", ["channel": "5", "empty": ""]) }
            #expect(host.logged == ["2 joined channel=5 empty="])
        }

        @Test func `a command reads its arguments and answers once`() {
            let life = Life { setup in
                setup.onCommand(
                    "user.add",
                    parameters: [
                        .required("name", "nick"), .secret("token", "key"), .optional("age", "years"),
                        .secret("pin", "if any", isRequired: false),
                    ]
                ) { _, call in
                    #expect(call["token"] == nil)
                    call.answer("\"\(call["name"] ?? "")\"")
                }
                setup.onCommand("fails") { _, call in call.fail("no such user") }
                setup.onCommand("counts") { _, call in call.answer { $0.member("users", 2) } }
                setup.onCommand("lists") { _, call in
                    call.answer([1, 2]) { number, writer in writer.member("number", number) }
                }
                setup.onCommand("reads") { _, call throws(AdministrationError) in
                    call.answer("\"\(try call.text("name"))\"")
                }
            }
            life.call("user.add", "name", "Анна")
            life.call("fails", "name", "")
            life.call("counts", "name", "")
            life.call("lists", "name", "")
            for name in ["a", "", "a\0b"] { life.call("reads", "name", name) }
            #expect(life.host.parameters == ["name 1", "token 3", "age 0", "pin 2"])
            let answers = [
                #"0 "Анна""#, "-6 no such user", #"0 {"users":2}"#, #"0 [{"number":1},{"number":2}]"#,
                #"0 "a""#,
                "-6 name is empty; give one", "-6 name holds a zero byte; leave it out",
            ]
            #expect(life.host.answers == answers.map { "9 \($0)" })
            life.destroy()
        }
    }
}
