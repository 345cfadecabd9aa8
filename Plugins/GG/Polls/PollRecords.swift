import PatchbayKit

/// The polls of channels with their votes, as stored.
struct PollRecords {
    private let find: Statement
    private let findAnswers: Statement
    private let counting: Statement
    private let findVote: Statement
    private let insert: Statement
    private let insertAnswer: Statement
    private let insertVote: Statement
    private let removals: [Statement]

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare(
            "SELECT moder_id, moder_name, moder_rights, moder_groups, title FROM polls WHERE channel = $1"
        )
        findAnswers = try store.prepare("SELECT text FROM poll_answers WHERE channel = $1 ORDER BY id")
        counting = try store.prepare("SELECT answer, COUNT(*) FROM votes WHERE channel = $1 GROUP BY answer")
        findVote = try store.prepare("SELECT 1 FROM votes WHERE channel = $1 AND user_id = $2")
        insert = try store.prepare(
            """
            INSERT INTO polls (channel, moder_id, moder_name, moder_rights, moder_groups, title)
            VALUES ($1, $2, $3, $4, $5, $6)
            """
        )
        insertAnswer = try store.prepare("INSERT INTO poll_answers (channel, id, text) VALUES ($1, $2, $3)")
        insertVote = try store.prepare(
            """
            INSERT INTO votes (channel, user_id, answer) VALUES ($1, $2, $3)
            ON CONFLICT (channel, user_id) DO NOTHING
            """
        )
        removals = [
            try store.prepare("DELETE FROM polls WHERE channel = $1"),
            try store.prepare("DELETE FROM poll_answers WHERE channel = $1"),
            try store.prepare("DELETE FROM votes WHERE channel = $1"),
        ]
    }

    func poll(of channel: ChannelID) throws(StoreError) -> Poll? {
        var moderator: Moderator?
        var title: [UInt8] = []
        try find.run(channel.text) { row in
            moderator = Moderator(
                id: row.integer(0),
                name: row.bytes(1),
                rights: row.integer(2),
                groups: row.bytes(3)
            )
            title = row.bytes(4)
        }
        guard let moderator else { return nil }
        var answers: [Poll.Answer] = []
        try findAnswers.run(channel.text) { row in answers.append(Poll.Answer(text: row.bytes(0))) }
        try counting.run(channel.text) { row in
            let index = Int(row.integer(0)) - 1
            if answers.indices.contains(index) { answers[index].voters = row.integer(1) }
        }
        return Poll(moderator: moderator, title: title, answers: answers)
    }

    /// Puts the poll in the place of the channel's last one, whose votes are gone with it.
    func replace(by poll: Poll, in channel: ChannelID) throws(StoreError) {
        try remove(from: channel)
        let moderator = poll.moderator
        try insert.run(
            channel.text,
            moderator.id,
            moderator.name,
            moderator.rights,
            moderator.groups,
            poll.title
        )
        for (index, answer) in poll.answers.enumerated() {
            try insertAnswer.run(channel.text, index + 1, answer.text)
        }
    }

    func remove(from channel: ChannelID) throws(StoreError) {
        for removal in removals { try removal.run(channel.text) }
    }

    func hasVoted(_ user: UserID, in channel: ChannelID) throws(StoreError) -> Bool {
        var isFound = false
        try findVote.run(channel.text, user) { _ in isFound = true }
        return isFound
    }

    /// False: the user has voted already.
    func vote(_ user: UserID, for answer: Int64, in channel: ChannelID) throws(StoreError) -> Bool {
        try insertVote.run(channel.text, user, answer) > 0
    }
}
