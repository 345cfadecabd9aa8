import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    /// What a service fetches, on a host that says what the test wants.
    @Suite(.serialized) struct HTTPClientTests {
        private func life() -> Life {
            Life(secretsSize: MemoryLayout<pb_secrets>.size) { setup in
                let http = setup.http
                setup.onMessage("go") { probe, _, _ in
                    let isAsked = http?.fetch(
                        method: "POST",
                        url: "https://a/",
                        headers: [("A", "b"), ("C", "")],
                        body: "body",
                        milliseconds: 5,
                        most: 6
                    ) { answer in
                        switch answer {
                        case .success(let answer):
                            let body = String(decoding: answer.body, as: UTF8.self)
                            probe.heard.append("\(answer.status) \(answer[header: "x"] ?? "-") \(body)")
                        case .failure(let failure): probe.heard.append(failure.sentence)
                        }
                    }
                    if isAsked == false { probe.heard.append("refused") }
                }
            }
        }

        @Test func `an answer is handed to who asked for it, once`() {
            let life = life()
            life.message("go", type: "go")
            #expect(life.host.hashes == ["POST https://a/ body A=b C= 5 6"] && life.saved == "")
            let texts = Array("xyanswer".utf8)
            unsafe texts.withUnsafeBufferPointer { texts in
                func part(_ range: Range<Int>) -> pb_bytes {
                    let part = unsafe UnsafeBufferPointer(rebasing: texts[range])
                    return unsafe pb_bytes(data: part.baseAddress, count: part.count)
                }
                var value = unsafe pb_value()
                unsafe value.bytes = part(1..<2)
                var named = unsafe pb_named(name: part(0..<1), value: value)
                unsafe withUnsafePointer(to: &named) { named in
                    var answer = unsafe pb_fetched(
                        size: UInt32(MemoryLayout<pb_fetched>.size),
                        status: 201,
                        headers: named,
                        header_count: 1,
                        body: part(2..<8)
                    )
                    unsafe life.host.tellFetch?(&answer, "")
                    unsafe life.host.tellFetch?(&answer, "")
                }
            }
            #expect(life.saved == "201 y answer")
            life.destroy()
        }

        @Test func `a failure is handed on as a sentence`() {
            let life = life()
            life.message("go", type: "go")
            unsafe life.host.tellFetch?(nil, "nobody there")
            #expect(life.saved == "nobody there")
            life.destroy()
        }

        @Test func `what the host does not take is not waited for, and one without a client has none`() {
            let life = life()
            life.host.isHashing = false
            life.message("go", type: "go")
            #expect(life.saved == "refused")
            life.destroy()
            let old = Life { setup in
                let http = setup.http
                setup.onMessage("go") { probe, _, _ in probe.heard.append(http == nil ? "none" : "one") }
            }
            old.message("go", type: "go")
            #expect(old.saved == "none")
            old.destroy()
        }
    }
}
