/// A listener of a play's server: one for everything that begins as HTTP, and one for each stream.
struct StageListener: Equatable {
    /// From 0, as plugins.conf has them.
    let number: Int

    static let web = StageListener(number: 0)

    /// That of the stream at a place, from 0, in the transcript.
    static func stream(_ place: Int) -> StageListener { StageListener(number: place + 1) }

    var isStream: Bool { number > 0 }
    var name: String { isStream ? "stream\(number)" : "stage" }
}
