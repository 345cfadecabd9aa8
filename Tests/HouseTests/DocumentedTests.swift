import Foundation
import Testing

/// What there is to know is written down, and what is written down is there.
@Suite struct DocumentedTests {
    private func text(_ path: String) throws -> String { try Project.lines(of: path).joined(separator: "\n") }

    /// Whether `word` stands in the text between ticks, alone or with what follows it.
    private func names(_ text: String, _ word: String) -> Bool {
        let parts = text.components(separatedBy: "`")
        let quoted = parts.indices.lazy.filter { !$0.isMultiple(of: 2) }.map { parts[$0] }
        return quoted.contains { part in
            part.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { $0 == word }
        }
    }

    @Test func `the manual names every command`() throws {
        let manual = try text("Docs/operating.md")
        let commands = try text("Host/Main/Command.swift").matches(of: /Command\(\s*name: "(\w+)"/).map(\.1)
        #expect(commands.count >= 6)
        for command in commands {
            let isNamed = manual.contains(try Regex("`patchbay\\s\(command)\\b"))
            #expect(isNamed, "\(command)")
        }
    }

    @Test func `the manual names every directive of plugins.conf`() throws {
        let manual = try text("Docs/operating.md")
        let source = try text("Host/Core/Configuration/ConfigurationBlock.swift")
        let forms = source.matches(of: /\((?:name: )?"(\w+)", (?:form: )?"/).map { String($0.1) }
        #expect(
            Set(forms).isSuperset(of: [
                "state", "listen", "address", "websocket", "host", "isolate", "include",
            ])
        )
        for name in forms {
            let isNamed = names(manual, name)
            #expect(isNamed, "\(name)")
        }
    }

    @Test func `the manual names every limit`() throws {
        let manual = try text("Docs/operating.md")
        let source = try text("Host/Core/Configuration/ConfigurationReader+Limits.swift")
        let limits = source.matches(of: /"(\w+)": "/).map { String($0.1) }
        #expect(limits.count >= 13)
        for name in limits {
            let isNamed = names(manual, name)
            #expect(isNamed, "\(name)")
        }
    }

    @Test(arguments: ["pb_host", "pb_store", "pb_secrets", "pb_claims", "pb_http"])
    func `the manual for plugins names every call of the host`(table: String) throws {
        let manual = try text("Docs/writing-a-plugin.md")
        let header = try text("Host/Interface/ABI/include/patchbay.h")
        let start = try #require(header.range(of: "typedef struct \(table) {"))
        let end = try #require(header.range(of: "} \(table);"))
        let calls = header[start.upperBound..<end.lowerBound].matches(of: /\(\*(\w+)\)\(/).map {
            String($0.1)
        }
        #expect(calls.count >= (table == "pb_http" ? 1 : 3))
        for call in calls {
            let isNamed = names(manual, call)
            #expect(isNamed, "\(call)")
        }
    }

    @Test(arguments: [
        "README.md", "Docs/architecture.md", "Docs/operating.md", "Docs/writing-a-plugin.md",
        "Benchmarks/README.md",
    ])
    func `whatever a document has made, the Makefile makes`(document: String) throws {
        let targets = try Project.lines(of: "Makefile").compactMap { $0.prefixMatch(of: /([a-z-]+):/)?.1 }
        #expect(targets.contains("run") && targets.contains("test"))
        for name in try text(document).matches(of: /(?:`|\n)make ([a-z-]+)/).map(\.1) {
            #expect(targets.contains(name), "\(document): make \(name)")
        }
    }
}
