/// A channel's poll, and how many voted for what.
struct Poll {
    struct Answer {
        let text: [UInt8]  // a JSON string
        var voters: Int64 = 0
    }

    let moderator: Moderator
    let title: [UInt8]  // a JSON string
    var answers: [Answer]  // their ids count from 1

    var voters: Int64 { answers.reduce(0) { $0 + $1.voters } }
}
