import Foundation
import Testing

/// What the documents say of files is true.
@Suite struct DocumentTests {
    @Test(arguments: ["README.md", "Docs/architecture.md", "Docs/operating.md", "Docs/writing-a-plugin.md"])
    func `every link to a file of the project leads somewhere`(document: String) throws {
        let folder = Project.root.appendingPathComponent(document).deletingLastPathComponent()
        for line in try Project.lines(of: document) {
            for part in line.components(separatedBy: "](").dropFirst() {
                let target = String(part.prefix { $0 != ")" })
                guard !target.hasPrefix("http") else { continue }
                let path = folder.appendingPathComponent(target).standardized.path
                #expect(FileManager.default.fileExists(atPath: path), "\(document) links to \(target)")
            }
        }
    }

    @Test func `every folder in the table of modules is there`() throws {
        let rows = try Project.lines(of: "Docs/architecture.md").filter { $0.hasPrefix("| `Host/") }
        #expect(rows.count >= 8)
        for row in rows {
            let folder = row.components(separatedBy: "`")[1]
            let path = Project.root.appendingPathComponent(folder).path
            #expect(FileManager.default.fileExists(atPath: path), "\(folder)")
        }
    }

    @Test func `every command that the README names is one`() throws {
        let commands = try Project.lines(of: "Host/Main/Command.swift").joined()
        for row in try Project.lines(of: "README.md") where row.hasPrefix("| `patchbay ") {
            let name = row.components(separatedBy: " ")[2].filter(\.isLetter)
            #expect(commands.contains("name: \"\(name)\""), "\(name)")
        }
    }
}
