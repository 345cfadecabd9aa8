import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    @Suite struct RequestTests {
        private func ask(_ answer: @escaping (Request) -> Void) -> [String] {
            let life = Life { setup in setup.onRequest("GET", "/x") { _, request in answer(request) } }
            defer { life.destroy() }
            life.request("GET /x", path: "/web/x", below: "/x", header: ("cookie", "a=b"), body: "body")
            return life.host.responses
        }

        @Test func `a request says what it is and is answered by its ticket`() {
            let responses = ask { request in
                let cookie = request[header: "cookie"] ?? "", none = request[header: "host"] ?? "none"
                let text = "\(request.path) \(request.below) \(cookie) \(none) \(request.body.count)"
                request.respond(201, text, contentType: "text/html", headers: [("Cache-Control", "no-store")])
            }
            #expect(
                responses == ["7 201 Cache-Control=no-store Content-Type=text/html /web/x /x a=b none 4"]
            )
        }

        @Test func `a request may be kept and answered later`() {
            var kept: Request?
            #expect(ask { kept = $0 } == [])
            kept?.respond(200, "later")
            #expect(kept?.path == "/web/x")
        }

        @Test func `a connection's request shows all of its headers, and the verdict is the connection's`() {
            let life = Life { setup in
                let host = setup.host
                setup.onAuth(on: "gate") { _, upgrade, connection in
                    let cookies = upgrade.headers("cookie")
                    #expect(upgrade[header: "cookie"] == cookies.first && upgrade.headers("none") == [])
                    if cookies.contains("no") {
                        host.reject(connection, code: 403, reason: "not you")
                    } else {
                        host.accept(connection, as: cookies.joined(separator: "+"))
                    }
                }
            }
            defer { life.destroy() }
            life.upgrade(on: "gate", cookies: ("a=1", "b=2"))
            life.upgrade(on: "gate", cookies: ("a=1", "no"))
            life.upgrade(on: "", cookies: ("a=1", "b=2"))
            #expect(life.host.logins == ["5 is a=1+b=2", "5 rejected 403 not you"])
        }

        @Test func `a hook that the host does not have refuses the service`() {
            let life = Life(registrationAnswer: PB_UNAVAILABLE.rawValue) { setup in
                setup.onAuth { _, _, _ in }
            }
            #expect(life.isRefused)
            #expect(life.host.refusal?.contains("onAuth of endpoint \"\" (unavailable)") == true)
        }

        @Test func `a request that the host does not take refuses the service`() {
            let life = Life(registrationAnswer: PB_EXISTS.rawValue) { setup in
                setup.onRequest("GET", "/x") { _, _ in }
            }
            #expect(life.isRefused)
            #expect(life.host.refusal?.contains("request \"GET /x\" (exists)") == true)
        }
    }
}
