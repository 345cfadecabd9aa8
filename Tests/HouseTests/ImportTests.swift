import Testing

/// Modules import downward only; `Docs/architecture.md` shows the same table.
@Suite struct ImportTests {
    /// Glibc and Synchronization come with the system and the language; codecs need neither.
    static let house: [(folder: String, imports: Set<String>)] = [
        ("Host/Main", ["Core", "Net", "PatchbayStage", "Glibc", "Synchronization"]),
        ("Host/Stage", ["Core", "Crypto", "JSON", "Wire", "Net", "Glibc", "Synchronization"]),
        (
            "Host/Core",
            ["PatchbayABI", "JSON", "Crypto", "TLS", "Wire", "Net", "Store", "Glibc", "Synchronization"]
        ),
        ("Host/Wire", ["Crypto", "JSON", "CZlib"]),
        ("Host/Net", ["CLinux", "Glibc", "Synchronization"]),
        ("Host/TLS", ["COpenSSL", "Glibc", "Synchronization"]),
        ("Host/Store", ["CSQLite", "Glibc"]),
        ("Host/Crypto", ["COpenSSL", "Glibc"]),
        ("Host/JSON", []),
        ("Host/Interface/Kit", ["PatchbayABI", "JSON", "Glibc", "Synchronization"]),
        ("Plugins", ["PatchbayABI", "PatchbayKit", "JSON", "GGPage"]),
    ]

    @Test(arguments: house.indices)
    func `a folder imports what lies below it, and nothing else`(index: Int) throws {
        let (folder, allowed) = Self.house[index]
        let files = Project.files(in: folder, ".swift")
        #expect(!files.isEmpty)
        for file in files {
            let strangers = try Project.imports(of: file).subtracting(allowed)
            #expect(strangers.isEmpty, "\(file) imports \(strangers.sorted())")
        }
    }

    @Test func `unsafe code lives in the few places that are meant for it`() throws {
        let places = [
            "Host/Net/", "Host/TLS/", "Host/Store/", "Host/Crypto/", "Host/Core/Claims/",
            "Host/Core/Control/", "Host/Core/Fetch/",
            "Host/Core/Logins/", "Host/Core/Reload/", "Host/Core/Service/", "Host/Interface/Kit/",
            "Host/Main/", "Host/JSON/WordAccess.swift",
            "Host/Wire/WordAccess.swift",
            "Host/Wire/WebSocket/ZlibStream.swift",
            "Host/Wire/HTTP/Gzip.swift",
            "Host/Core/Log.swift", "Host/Core/StateLock.swift",
            "Host/Core/Configuration/ConfigurationSource+System.swift", "Host/Stage/",
        ]
        for file in Project.files(in: "Host", ".swift") + Project.files(in: "Plugins", ".swift") {
            let isEntry = file.hasPrefix("Plugins/") && file.hasSuffix("/Plugin.swift")
            guard !isEntry, !places.contains(where: { file.hasPrefix($0) }) else { continue }
            let unsafeLines = try Project.lines(of: file).filter { line in
                line.split { !$0.isLetter }.contains("unsafe") && !line.trimmed.hasPrefix("//")
            }
            #expect(unsafeLines.isEmpty, "\(file): \(unsafeLines.first ?? "")")
        }
    }
}

extension String {
    fileprivate var trimmed: Substring { drop { $0 == " " } }
}
