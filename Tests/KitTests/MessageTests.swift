import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    @Suite struct MessageTests {
        private let join =
            #"{"type":"join","data":{"id":5,"id2":"5","on":true,"a":[1,"x"],"twice":1,"twice":2,"in":{"b":"\u0041"}}}"#

        private func heard(_ body: String, skipping: Int, _ read: @escaping (Message) -> String) -> String {
            let life = Life { setup in
                setup.onMessage("join") { probe, message, _ in probe.heard.append(read(message)) }
            }
            defer { life.destroy() }
            life.message(body, type: "join", skipping: skipping)
            return life.saved
        }

        @Test func `a message reaches the handler of its type with all its bytes`() {
            #expect(
                heard("join 5", skipping: 5) {
                    "\($0.bytes.count) \($0.isText) \(String(decoding: $0.payload, as: UTF8.self))"
                } == "6 true 5"
            )
        }

        @Test func `the payload's members are read by name and type`() {
            let payload = String(join.dropFirst(22).dropLast(1))
            let read = heard(payload, skipping: 0) { message in
                let fields = message.fields
                let parts: [Any?] = [
                    fields["id"].integer, fields["id2"].string, fields["on"].bool, fields["id"].string,
                    fields["in"].fields?["b"].string, fields["a"].elements?.last?.string,
                ]
                return parts.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ")
            }
            #expect(read == "5 5 true - A x")
        }

        @Test(arguments: [Grammar.raw, .json(type: "type")])
        func `a message's own members are read, one by one and together`(grammar: Grammar) {
            let life = Life { setup in
                setup.grammar(grammar)
                setup.onMessage("join") { probe, message, _ in
                    let names = ["data", "none", "type"].map { Array($0.utf8) }
                    let together = message.members[names].map { String(decoding: $0.raw, as: UTF8.self) }
                    probe.heard.append("\(message.members["type"].string ?? "") \(together)")
                }
            }
            defer { life.destroy() }
            life.message(#" {"type":"join","data":[5]} "#, type: "join", skipping: 0)
            #expect(life.saved == #"join ["[5]", "", "\"join\""]"#)
        }

        @Test func `a name that is not there and one that stands twice are told apart`() {
            let payload = String(join.dropFirst(22).dropLast(1))
            let read = heard(payload, skipping: 0) { message in
                let fields = message.fields
                return "\(fields["none"].isAbsent) \(fields["twice"].isAbsent) \(fields["twice"].isRepeated)"
                    + " \(fields["twice"].integer == nil) \(String(decoding: fields["a"].raw, as: UTF8.self))"
            }
            #expect(read == #"true false true true [1,"x"]"#)
        }

        @Test func `names come unescaped and in order, one that stands twice twice`() {
            let names = Fields(Array(join.utf8))["data"].fields?.names ?? []
            #expect(
                names.map { String(decoding: $0, as: UTF8.self) } == [
                    "id", "id2", "on", "a", "twice", "twice", "in",
                ]
            )
            #expect(Fields(Array(#"{"\u0061":1}"#.utf8)).names == [Array("a".utf8)])
            #expect(Fields(Array("[1]".utf8)).names == [])
        }

        @Test(arguments: [
            ("5", "5 nil"), (#" "x" "#, "nil x"), ("{", "nil nil"), ("", "nil nil"), ("1 2", "nil nil"),
        ])
        func `a JSON text of any kind is a field`(text: String, expected: String) {
            let field = Field(json: Array(text.utf8))
            let integer = field.integer.map(String.init) ?? "nil"
            #expect("\(integer) \(field.string ?? "nil")" == expected)
        }

        @Test func `fields inside a body are read from where the payload begins`() {
            #expect(heard(#"join {"id":7}"#, skipping: 5) { "\($0.fields["id"].integer ?? 0)" } == "7")
        }

        @Test func `a payload that is no object has no fields`() {
            #expect(heard("join x", skipping: 5) { "\($0.fields["id"].isAbsent)" } == "true")
        }

        @Test func `a kept message stays as it was when the next one comes`() {
            var probe: Probe?
            let life = Life { setup in
                setup.onMessage { service, message, _ in
                    probe = service
                    service.kept.append(message)
                }
            }
            life.message("first")
            life.message("second, and longer than the first")
            #expect(
                probe?.kept.map { String(decoding: $0.bytes, as: UTF8.self) }
                    == ["first", "second, and longer than the first"]
            )
            probe = nil
            life.destroy()
            unsafe #expect(Probe.alive == 0)
        }

        @Test func `malformed, unknown and refused messages have handlers of their own`() {
            let life = Life { setup in
                setup.onMalformed { probe, message, _ in
                    probe.heard.append("malformed \(message.bytes.count)")
                }
                setup.onUnknown { probe, message, _ in
                    probe.heard.append("unknown " + String(decoding: message.type, as: UTF8.self))
                }
                setup.onRefused { probe, message, _, why in
                    probe.heard.append("\(why) \(message.bytes.count)")
                }
            }
            life.message("{", as: "malformed")
            life.message("{}", type: "x", as: "unknown")
            life.refuse("abc", 2)
            #expect(life.saved == "malformed 1,unknown x,rate 3")
            life.destroy()
        }

        @Test func `endpoints have handlers of their own`() {
            let life = Life { setup in
                setup.onMessage { probe, _, _ in probe.heard.append("main") }
                setup.onMessage(on: "room") { probe, _, _ in probe.heard.append("room") }
            }
            life.message("a", on: "room")
            life.message("a")
            #expect(life.saved == "room,main")
            life.destroy()
        }
    }
}
