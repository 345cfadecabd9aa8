// swift-tools-version: 6.3
import PackageDescription

// Modules import downward only: Main, Stage / Core / Wire, Net, TLS, Store / JSON, Crypto. `make test` builds with
// --explicit-target-dependency-import-check error, and HouseTests compares every import with this file.

let swiftSettings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatWarning("StrictMemorySafety", as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Debug builds, and so all tests, check exclusive access at run time; release builds leave it out: 2 to 3 %
    // of an echo's CPU.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// Of the host, the kit and the plugins: without the libraries of Swift for regular expressions and tasks, which every module
/// would import unasked and every process load. They are 1.7 MB of resident memory, and nothing here uses them.
let hostSettings =
    swiftSettings + [
        .unsafeFlags([
            "-Xfrontend", "-disable-implicit-string-processing-module-import",
            "-Xfrontend", "-disable-implicit-concurrency-module-import",
        ])
    ]

/// A part of the host, the kit or a plugin.
func module(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [])
    -> Target
{
    .target(
        name: name,
        dependencies: dependencies,
        path: path,
        exclude: exclude,
        swiftSettings: hostSettings
    )
}

/// A plugin is a shared object whose only export is patchbay_plugin.
let pluginLinkerSettings: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/exports.map"])
]

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(name)",
        exclude: exclude,
        swiftSettings: swiftSettings
    )
}

/// Fuzzers need a sanitizer's runtime, so they are built where it is asked for only: Tests/fuzz.
let isFuzzing = Context.environment["FUZZ"] != nil

let package = Package(
    name: "patchbay",
    products: [
        .executable(name: "patchbay", targets: ["Main"]),
        .library(name: "PatchbayKit", type: .static, targets: ["PatchbayKit"]),
        .library(name: "Fire", type: .dynamic, targets: ["Fire"]),
        .library(name: "GG", type: .dynamic, targets: ["GG"]),
        .library(name: "SongRequest", type: .dynamic, targets: ["SongRequest"]),
        .library(name: "VKChat", type: .dynamic, targets: ["VKChat"]),
        .library(name: "Wnet", type: .dynamic, targets: ["Wnet"]),
        .library(name: "EchoC", type: .dynamic, targets: ["EchoC"]),
        .library(name: "Tally", type: .dynamic, targets: ["Tally"]),
    ],
    targets: [
        // Debian's libraries.
        .systemLibrary(
            name: "COpenSSL",
            path: "Host/Libraries/OpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]
        ),
        .systemLibrary(
            name: "CSQLite",
            path: "Host/Libraries/SQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        .systemLibrary(
            name: "CZlib",
            path: "Host/Libraries/Zlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        .systemLibrary(name: "CLinux", path: "Host/Libraries/Linux", providers: [.apt(["libc6-dev"])]),

        // The host, from the ground up.
        .target(name: "PatchbayABI", path: "Host/Interface/ABI"),
        module("JSON", "Host/JSON"),
        module("Crypto", "Host/Crypto", ["COpenSSL"]),
        module("TLS", "Host/TLS", ["COpenSSL"]),
        module("Wire", "Host/Wire", ["Crypto", "JSON", "CZlib"], exclude: ["README.md"]),
        module("Net", "Host/Net", ["CLinux"]),
        module("Store", "Host/Store", ["CSQLite"]),
        module("Core", "Host/Core", ["PatchbayABI", "JSON", "Crypto", "TLS", "Wire", "Net", "Store"]),
        module("PatchbayStage", "Host/Stage", ["Core", "Crypto", "JSON", "Wire", "Net"]),
        .executableTarget(
            name: "Main",
            dependencies: ["Core", "Net", "PatchbayStage"],
            path: "Host/Main",
            swiftSettings: hostSettings
        ),

        // What plugins stand on, and the plugins.
        module("PatchbayKit", "Host/Interface/Kit", ["PatchbayABI", "JSON"]),
        .target(
            name: "Fire",
            dependencies: ["PatchbayABI", "PatchbayKit", "JSON"],
            path: "Plugins/Fire",
            swiftSettings: hostSettings,
            linkerSettings: pluginLinkerSettings
        ),
        .target(
            name: "GG",
            dependencies: ["PatchbayABI", "PatchbayKit", "JSON", "GGPage"],
            path: "Plugins/GG",
            exclude: ["Page"],
            swiftSettings: hostSettings,
            linkerSettings: pluginLinkerSettings
        ),
        // The page is a file of the documents; C can take it in as it stands.
        .target(name: "GGPage", path: "Plugins/GG/Page", cSettings: [.unsafeFlags(["-std=c23"])]),
        .target(
            name: "SongRequest",
            dependencies: ["PatchbayABI", "PatchbayKit", "JSON"],
            path: "Plugins/SongRequest",
            swiftSettings: hostSettings,
            linkerSettings: pluginLinkerSettings
        ),
        .target(
            name: "VKChat",
            dependencies: ["PatchbayABI", "PatchbayKit", "JSON"],
            path: "Plugins/VKChat",
            swiftSettings: hostSettings,
            linkerSettings: pluginLinkerSettings
        ),
        .target(
            name: "Wnet",
            dependencies: ["PatchbayABI", "PatchbayKit", "JSON"],
            path: "Plugins/Wnet",
            swiftSettings: hostSettings,
            linkerSettings: pluginLinkerSettings
        ),
        .target(
            name: "EchoC",
            dependencies: ["PatchbayABI"],
            path: "Plugins/Examples/echo-c",
            publicHeadersPath: ".",
            linkerSettings: pluginLinkerSettings
        ),
        .target(
            name: "Tally",
            dependencies: ["PatchbayABI", "PatchbayKit"],
            path: "Plugins/Examples/Tally",
            swiftSettings: hostSettings,
            linkerSettings: pluginLinkerSettings
        ),

        tests("JSONTests", ["JSON"]),
        tests("CryptoTests", ["Crypto"]),
        tests("TLSTests", ["TLS", "COpenSSL"]),
        tests("WireTests", ["Wire", "Crypto", "JSON", "CZlib"]),
        tests("NetTests", ["Net"]),
        tests("StoreTests", ["Store", "CSQLite"]),
        tests("KitTests", ["PatchbayKit", "PatchbayABI", "JSON"]),
        tests("CoreTests", ["Core", "Crypto", "JSON", "Net", "Store", "TLS", "Wire", "COpenSSL"]),
        tests("StageTests", ["PatchbayStage"]),
        tests("LiveTests", ["Crypto", "JSON", "TLS", "Wire"], exclude: ["Clients"]),
        tests("HouseTests", []),
    ]
        + (isFuzzing
            ? [
                .executableTarget(
                    name: "Fuzz",
                    dependencies: ["JSON", "Wire", "Crypto", "Net", "TLS", "Core"],
                    path: "Tests/Fuzz",
                    swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]
                )
            ] : [])
)
