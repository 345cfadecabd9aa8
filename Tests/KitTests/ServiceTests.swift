import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    @Suite struct ServiceTests {
        @Test func `the table says what the manifest says`() throws {
            let table = unsafe Export.table(Probe.self).pointee
            unsafe #expect(table.size == MemoryLayout<pb_plugin>.size)
            unsafe #expect(String(cString: table.name) == "Probe")
            unsafe #expect(String(cString: table.version) == "1.2")
            unsafe #expect(table.state_version == 4)
            unsafe #expect(table.migration_count == 2)
            unsafe #expect(try String(cString: #require(table.migrations[1])) == "CREATE TABLE two (b)")
            unsafe #expect(table.option_count == 3)
            unsafe #expect(table.options[0].minimum == 1 && table.options[0].maximum == 5000)
            unsafe #expect(String(cString: table.options[0].initial) == "1000")
            unsafe #expect(try String(cString: #require(table.options[1].choices[1])) == "original")
            unsafe #expect(table.options[1].choices[2] == nil)
            unsafe #expect(table.options[2].required == 1)
            unsafe #expect(table.options[2].initial == nil)
        }

        @Test func `the table is the same each time`() {
            unsafe #expect(Export.table(Probe.self) == Export.table(Probe.self))
        }

        @Test func `destroy frees the service and what its handlers hold`() {
            weak var held: Held?
            let life = Life { setup in
                let thing = Held()
                held = thing
                setup.onOpen { probe, _ in probe.heard.append("\(thing)") }
            }
            unsafe #expect(Probe.alive == 1)
            #expect(held != nil)
            life.destroy()
            unsafe #expect(Probe.alive == 0)
            #expect(held == nil)
        }

        @Test func `a service that throws is refused with its sentence and freed`() {
            let life = Life { _ throws(ServiceError) in throw ServiceError("no key; give one") }
            #expect(life.isRefused)
            #expect(life.host.refusal == "no key; give one")
            unsafe #expect(Probe.alive == 0)
        }

        @Test func `a registration that the host refuses refuses the service`() {
            let life = Life(registrationAnswer: PB_EXISTS.rawValue) { setup in
                setup.onMessage("twice") { _, _, _ in }
            }
            #expect(life.isRefused)
            #expect(life.host.refusal?.contains("message type \"twice\" (exists)") == true)
        }

        @Test func `an option that the manifest does not name refuses the service`() {
            let life = Life { setup in _ = setup.options.integer("histroy") }
            #expect(life.host.refusal?.contains("option \"histroy\"") == true)
        }

        @Test func `an option without a default may be left out`() {
            var isGiven = true
            var isOpen = true
            let life = Life { setup in
                isGiven = setup.options.isGiven("open")
                isOpen = setup.options.boolean("open")
            }
            #expect(!life.isRefused)
            #expect(!isGiven && !isOpen)
            life.destroy()
        }

        @Test func `options are read as the host checked them`() {
            var read: Int64 = 0
            let life = Life(options: ["history": 5]) { setup in read = setup.options.integer("history") }
            #expect(read == 5)
            life.destroy()
        }

        @Test func `what is saved is restored with its version`() {
            var restored: SavedState?
            let life = Life(restored: "a,b") { setup in
                restored = setup.restored
                #expect(setup.start == .reload)
                setup.onOpen { probe, _ in probe.heard.append("c") }
            }
            life.open()
            #expect(restored == SavedState(version: 4, bytes: Array("a,b".utf8)))
            #expect(life.saved == "c")
            life.destroy()
        }

        @Test func `a service knows whether it is exposed, unless its host is older`() throws {
            let size = try #require(unsafe MemoryLayout<pb_setup>.offset(of: \.is_exposed))
            var isExposed: [Bool] = []
            Life { setup in isExposed.append(setup.isExposed) }.destroy()
            Life(restored: "a", setupSize: size) { setup in
                isExposed.append(setup.isExposed)
                #expect(setup.restored == SavedState(version: 4, bytes: [0x61]))
            }
            .destroy()
            #expect(isExposed == [true, false])
        }

        @Test func `grammars reach the host`() {
            let life = Life { setup in
                setup.grammar(.json(type: "type", payload: "data"), loginFirst: true, maximum: 4096)
                setup.grammar(.delimiter(32), on: "control")
                setup.grammar(.raw, loginCode: 4001, loginReason: "who are you?", on: "door")
            }
            let door = "door 0   0 0 else 4001 who are you?"
            #expect(life.host.grammars == [" 1 type data 4096 1", "control 2   0 0", door])
            life.destroy()
        }
    }
}

/// Something that a handler holds.
private final class Held {}
