import JSON
import Net
import PatchbayABI
import Synchronization

/// A service at one moment, as `patchbay status` shows it.
package struct ServiceStatus: Sendable {
    let name: String
    let plugin: String
    let version: String
    let generation: Int
    let file: String
    let hash: String
    let isUp: Bool
    let connections: Int
    let messages: Int
    let sent: Int
    let refused: Int
    let commits: Int
    let failedBatches: Int
    let throttledLogins: Int
    let registrations: Int
    let timers: Int
    let claims: Int
    let previousGenerations: Int
    let figures: Service.Figures

    /// On the lane.
    init(_ service: Service) {
        name = service.name
        plugin = service.generation?.plugin.name ?? service.plugin
        version = service.generation?.plugin.version ?? ""
        generation = service.generationNumber
        file = service.generation?.library.original ?? ""
        hash = service.generation?.library.hash ?? ""
        isUp = service.generation != nil
        connections = service.peers.count
        messages = service.statistics.messages
        sent = service.statistics.sent
        refused = service.statistics.refused
        commits = service.statistics.commits
        failedBatches = service.statistics.failedBatches
        throttledLogins = service.statistics.throttledLogins
        registrations = service.generation?.ledger.count ?? 0
        timers = service.timers.count
        claims = service.claims.count
        previousGenerations = service.previousGenerations
        figures = service.figures.withLock { $0 }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", name)
        writer.member("up", isUp)
        writer.member("plugin", plugin)
        writer.member("version", version)
        writer.member("generation", Int64(generation))
        writer.member("old_generations", Int64(previousGenerations))
        writer.member("file", file)
        writer.member("hash", hash)
        writer.member("connections", Int64(connections))
        writer.member("messages", Int64(messages))
        writer.member("sent", Int64(sent))
        writer.member("refused", Int64(refused))
        writer.member("commits", Int64(commits))
        writer.member("failed_batches", Int64(failedBatches))
        writer.member("throttled_logins", Int64(throttledLogins))
        writer.member("registrations", Int64(registrations))
        writer.member("timers", Int64(timers))
        writer.member("claims", Int64(claims))
        ServiceStatus.write(figures.counters, as: "counters", to: &writer)
        ServiceStatus.write(figures.gauges, as: "gauges", to: &writer)
        writer.endObject()
    }

    static func write(_ values: [String: Int64], as name: String, to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { writer.member(name, value) }
        writer.endObject()
    }
}

/// Columns for people: as wide as their widest cell, two blanks between.
enum TextTable {
    static func lines(_ rows: [[String]]) -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
