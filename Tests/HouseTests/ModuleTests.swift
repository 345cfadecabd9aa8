import Foundation
import Testing

/// The table of modules in `Docs/architecture.md` and Package.swift say the same.
@Suite struct ModuleTests {
    private struct Module: Equatable {
        let folder: String
        var imports: Set<String>
    }

    /// By folder, as Package.swift builds them; C libraries count as well.
    private func built() throws -> [Module] {
        let text = try Project.lines(of: "Package.swift").joined(separator: "\n")
        let modules = text.matches(of: /module\(\s*"\w+",\s*"([^"]+)"(?:,\s*\[([^\]]*)\])?/).map { match in
            Module(folder: String(match.1), imports: Self.quoted(match.2 ?? ""))
        }
        let targets = text.matches(
            of:
                /arget\(\s*name: "\w+",(?:\s*dependencies: \[([^\]]*)\],)?\s*path: "((?:Host|Plugins)\/[^"]+)"/
        )
        return modules + targets.map { Module(folder: String($0.2), imports: Self.quoted($0.1 ?? "")) }
    }

    private static func quoted(_ list: Substring) -> Set<String> {
        Set(list.matches(of: /"(\w+)"/).map { String($0.1) })
    }

    /// By folder, as the document says it.
    private func described() throws -> [Module] {
        let rows = try Project.lines(of: "Docs/architecture.md").compactMap {
            $0.wholeMatch(of: /\| `((?:Host|Plugins)[^`]*)` \|.*\| ([^|]*)\|/)
        }
        return rows.map { row in
            let words = row.2.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            return Module(folder: String(row.1), imports: words == ["nothing"] ? [] : Set(words))
        }
    }

    @Test func `every module stands in the table, with what it imports`() throws {
        let described = try described().filter {
            $0.folder.hasPrefix("Host/") && $0.folder != "Host/Libraries"
        }
        let built = try built().filter { $0.folder.hasPrefix("Host/") }
        #expect(built.count >= 10)
        #expect(Set(built.map(\.folder)) == Set(described.map(\.folder)))
        for module in built {
            #expect(described.first { $0.folder == module.folder } == module)
        }
    }

    @Test func `plugins import what the table says, and nothing of the host`() throws {
        let allowed = try #require(try described().first { $0.folder == "Plugins" }).imports
        let plugins = try built().filter { $0.folder.hasPrefix("Plugins/") }
        #expect(plugins.count >= 3)
        #expect(plugins.reduce(into: []) { $0.formUnion($1.imports) } == allowed)
    }
}
