import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    @Suite struct StoreTests {
        private func using(_ work: @escaping (Store, FakeHost) throws -> Void) {
            let life = Life { setup in
                do {
                    try work(#require(setup.store), unsafe FakeHost.current)
                } catch {
                    Issue.record(error)
                }
            }
            life.destroy()
        }

        @Test func `parameters of every type arrive in order`() {
            using { store, host in
                let statement = try store.prepare("insert")
                let missing: String? = nil
                #expect(
                    try statement.run(5, "text", Array("bytes".utf8), missing, true, 1.5, Blob([0x41])) == 2
                )
                try statement.run(Array("bytes".utf8)[1..<4])
                try statement.run()
                #expect(host.ran == ["3: 5, text, bytes, null, 1, 1.5, blob A", "3: yte", "3: "])
            }
        }

        @Test func `each row is read, and a column that is not there is nothing`() {
            using { store, host in
                host.rows = [[1, 2], [3, 4]]
                var sum: Int64 = 0
                try store.prepare("select").run("x") { row in
                    sum += row.integer(0) * row.integer(1)
                    #expect(row.isNull(2) && row.bytes(2).isEmpty)
                }
                #expect(sum == 14)
            }
        }

        @Test func `a statement run between two rows leaves the first one's values alone`() {
            using { store, host in
                host.rows = [[1]]
                let statement = try store.prepare("select")
                try statement.run("outer") { _ in
                    host.rows = []
                    _ = try? statement.run("inner, longer")
                }
                #expect(host.ran == ["3: inner, longer", "3: outer"])
            }
        }

        @Test func `a failure throws the host's sentence with the statement`() {
            using { store, host in
                #expect(throws: StoreError.self) { try store.prepare("bad") }
                let statement = try store.prepare("insert")
                host.storeFails = true
                let error = #expect(throws: StoreError.self) { try statement.run(1) }
                #expect(error?.description == "disk full")
                #expect(error?.sql == "insert")
            }
        }

        @Test func `what runs atomically is kept together, or undone when it throws`() {
            using { store, host in
                let statement = try store.prepare("insert")
                let changed = try store.atomically { () throws(StoreError) in try statement.run(1) }
                #expect(changed == 2)
                #expect(host.ran == ["begin", "3: 1", "end 1"])
                host.ran = []
                #expect(throws: StoreError.self) {
                    try store.atomically { () throws(StoreError) in
                        host.storeFails = true
                        try statement.run(2)
                    }
                }
                #expect(host.ran == ["begin", "3: 2", "end 0"])
                host.ran = []
                #expect(throws: StoreError.self) {
                    try store.atomically { () throws(StoreError) in try statement.run(3) }
                }
                #expect(host.ran == ["begin"])
            }
        }

        @Test func `texts are sealed and opened with a key of 32 bytes`() {
            let key = [UInt8](repeating: 7, count: 32), wrong = [UInt8](repeating: 8, count: 32)
            let life = Life(secretsSize: MemoryLayout<pb_secrets>.size) { setup in
                guard let secrets = setup.secrets, secrets.canSeal else {
                    Issue.record("there are no secrets")
                    return
                }
                let sealed = secrets.seal("text", key: key, associated: "name")
                #expect(sealed == Array(("name" + String(repeating: ".", count: 24) + "text").utf8))
                #expect(secrets.open(sealed, key: key, associated: "name") == Array("text".utf8))
                #expect(secrets.open(sealed, key: wrong) == nil)
                #expect(secrets.open(secrets.seal("", key: key), key: key) == [])
                #expect(secrets.open("too short", key: key) == nil)
            }
            #expect(!life.isRefused)
            life.destroy()
        }

        @Test func `a host of 1.2 seals nothing`() {
            let size = unsafe MemoryLayout<pb_secrets>.offset(of: \.seal) ?? 0
            let life = Life(secretsSize: size) { setup in #expect(setup.secrets?.canSeal == false) }
            life.destroy()
        }

        @Test func `a host without secrets says so`() {
            let life = Life { setup in #expect(setup.secrets == nil) }
            life.destroy()
        }
    }
}
