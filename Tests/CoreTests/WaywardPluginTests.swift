import Glibc
import Synchronization
import Testing

@testable import Core

/// Plugins that do what they may not: every call has an answer, and none of them ends the host.
@Suite struct WaywardPluginTests {
    private static let wayward = FaultPlugin(source: "wayward")

    @Test func `a second registration exists already, and arguments that make no sense are invalid`() throws {
        let test = try TestServer(plugin: WaywardPluginTests.wayward)
        let answer = try test.open().ask("hello").texts.first
        let once = [String](repeating: "0", count: 9), twice = [String](repeating: "-7", count: 9)
        #expect(answer == (once + twice + [String](repeating: "-4", count: 8)).joined(separator: " "))
    }

    @Test func `registering after create is denied`() throws {
        let test = try TestServer(plugin: WaywardPluginTests.wayward)
        let anna = try test.open()
        _ = anna.ask("hello")
        #expect(anna.ask("register") == [.text([String](repeating: "-3", count: 9).joined(separator: " "))])
        #expect(anna.ask("x") == [.text("")])
    }

    @Test func `on a thread of the plugin's own only what is for any thread is allowed`() throws {
        let test = try TestServer(plugin: WaywardPluginTests.wayward)
        let anna = try test.open()
        _ = anna.ask("hello")
        let denied = [String](repeating: "-3", count: 20)
        #expect(anna.ask("thread") == [.text((denied + ["0", "0", "0", "0", "0"]).joined(separator: " "))])
        #expect(try test.service().figures.withLock { $0.counters } == ["x": 1])
    }

    @Test func `kinds, sizes and names that there are not have their status`() throws {
        let test = try TestServer(plugin: WaywardPluginTests.wayward)
        let anna = try test.open()
        _ = anna.ask("hello")
        #expect(anna.ask("kinds") == [.text("-4 -4 -4 -4 -4 -4 -1 1 -1 -2")])
    }

    @Test func `a host's table that was kept answers denied after the end, for ever`() throws {
        var test: TestServer? = try TestServer(plugin: WaywardPluginTests.wayward)
        let copy = try #require(test?.folder.names(in: "var/plugins").first)
        let handle = unsafe dlopen(try #require(test).folder.file("var/plugins/\(copy)"), RTLD_NOW)
        let library = try unsafe #require(handle)
        let results = try unsafe #require(dlsym(library, "wayward_results")).assumingMemoryBound(
            to: Int32.self
        )
        let count = try unsafe #require(dlsym(library, "wayward_count")).assumingMemoryBound(to: Int32.self)
        let late = try unsafe #require(dlsym(library, "wayward_late"))
        try test?.reload(FaultPlugin(source: "puppet"))
        #expect(unsafe count.pointee == 34)
        for index in 0..<34 { #expect(unsafe results[index] == -3, "call \(index) in destroy") }
        #expect(try test?.open().ask("echo x") == [.text("x")])
        test = nil
        unsafe unsafeBitCast(late, to: (@convention(c) () -> Void).self)()
        #expect(unsafe count.pointee == 34)
        for index in 0..<34 { #expect(unsafe results[index] == -3, "call \(index) after the service") }
    }

    @Test func `a table that counts options it does not have has none`() throws {
        _ = try TestServer(plugin: FaultPlugin(source: "hollow", defines: ["LISTS"]))
    }
}
