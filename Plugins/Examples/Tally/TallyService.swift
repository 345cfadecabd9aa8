import PatchbayKit

/// Answers each "add" with how many have come, and tells everybody once per `interval`.
final class TallyService: Service {
    static let manifest = Manifest(
        name: "Tally",
        version: "1.0",
        summary: "Counts what it is sent",
        options: [
            .duration("interval", initial: "60s", in: 1...86_400_000, meaning: "time between two tellings")
        ]
    )

    private let host: Host
    private let interval: Int64
    private var count: Int

    init(_ setup: Setup<TallyService>) throws(ServiceError) {
        host = setup.host
        interval = setup.options.milliseconds("interval")
        count = setup.restored.flatMap { Int(String(decoding: $0.bytes, as: UTF8.self)) } ?? 0
        setup.grammar(.delimiter(UInt8(ascii: " ")))
        setup.onOpen { tally, connection in tally.host.join("all", connection) }
        setup.onMessage("add", summary: "Counts one more") { tally, _, connection in
            tally.add(for: connection)
        }
        setup.onTimer("tell") { tally, _ in tally.tell() }
        if setup.start == .start { host.startTimer("tell", milliseconds: interval) }
    }

    func save() -> [UInt8] { Array(String(count).utf8) }

    private func add(for connection: Connection) {
        count += 1
        host.send(String(count), to: connection)
    }

    private func tell() {
        host.publish("\(count) so far", to: "all")
        host.startTimer("tell", milliseconds: interval)
    }
}
