import JSON
import PatchbayKit

/// `new_poll`, `vote`, `get_poll` and `get_poll_results`.
extension GGService {
    private static let answerCounts = 2...6

    func newPoll(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        try request.checkSingle("title")
        try request.checkSingle("answers")
        let streamer = try participant(id, client, rights: Rights.streamer)
        let poll = Poll(
            moderator: streamer.moderator,
            title: try pollText(request["title"]),
            answers: try pollAnswers(request["answers"])
        )
        let channel = streamer.channel
        try Failure.catching { () throws(StoreError) in
            try store.atomically { () throws(StoreError) in
                try pollRecords.replace(by: poll, in: channel.id)
            }
        }
        channel.poll = .read(poll)
        publish("new_poll", to: channel) { writer in write(poll, of: channel, to: &writer) }
    }

    private func pollAnswers(_ field: Field) throws(Failure) -> [Poll.Answer] {
        guard let elements = field.elements, Self.answerCounts.contains(elements.count) else {
            throw .badPoll
        }
        var answers: [Poll.Answer] = []
        for element in elements {
            guard let fields = element.fields else { throw .badPoll }
            answers.append(Poll.Answer(text: try pollText(fields["text"])))
        }
        return answers
    }

    /// A text with something to see in it, otherwise as it is.
    private func pollText(_ field: Field) throws(Failure) -> [UInt8] {
        guard let text = field.text, !Markup.trimmed(text).isEmpty else { throw .badPoll }
        return Self.quoted(text)
    }

    func vote(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let answer = Int64(canonical: try request.required("answer_id"))
        let voter = try participant(id, client)
        let channel = voter.channel
        var poll = try poll(of: channel)
        guard let answer, poll.answers.indices.contains(Int(clamping: answer) - 1) else {
            throw .invalidAnswer
        }
        let isCounted = try Failure.catching { () throws(StoreError) in
            try pollRecords.vote(voter.person.id, for: answer, in: channel.id)
        }
        guard isCounted else { throw .alreadyVoted }
        poll.answers[Int(answer) - 1].voters += 1
        channel.poll = .read(poll)
        sendResults(of: poll, channel, hasVoted: true, to: client.connection)
    }

    func getPoll(_ request: Request, _ client: Client) throws(Failure) {
        let visit = try visit(request.channel(), client)
        let poll = try poll(of: visit.channel)
        guard try hasVoted(client.person, in: visit.channel) else {
            return send("new_poll", to: client.connection) { writer in
                write(poll, of: visit.channel, to: &writer)
            }
        }
        sendResults(of: poll, visit.channel, hasVoted: true, to: client.connection)
    }

    func getPollResults(_ request: Request, _ client: Client) throws(Failure) {
        let channel = try visit(request.channel(), client).channel
        let poll = try poll(of: channel)
        let hasVoted = try hasVoted(client.person, in: channel)
        sendResults(of: poll, channel, hasVoted: hasVoted, to: client.connection)
    }

    /// The channel's poll, from memory or from the store; 106 when there is none.
    private func poll(of channel: Channel) throws(Failure) -> Poll {
        if case .unread = channel.poll {
            channel.poll = .read(
                try Failure.catching { () throws(StoreError) in try pollRecords.poll(of: channel.id) }
            )
        }
        guard case .read(let poll?) = channel.poll else { throw .noPoll }
        return poll
    }

    private func hasVoted(_ person: Person?, in channel: Channel) throws(Failure) -> Bool {
        guard let person else { return false }
        return try Failure.catching { () throws(StoreError) in
            try pollRecords.hasVoted(person.id, in: channel.id)
        }
    }

    private func write(_ poll: Poll, of channel: Channel, to writer: inout JSONWriter) {
        dialect.channel(channel.id, to: &writer)
        poll.moderator.write(to: &writer)
        write(poll, to: &writer) { _, _ in }
    }

    private func sendResults(
        of poll: Poll,
        _ channel: Channel,
        hasVoted: Bool,
        to connection: Connection
    ) {
        send("poll_results", to: connection) { writer in
            dialect.channel(channel.id, to: &writer)
            writer.member("voters", poll.voters)
            write(poll, to: &writer) { answer, writer in writer.member("voters", answer.voters) }
            writer.member("voted", hasVoted)
        }
    }

    private func write(
        _ poll: Poll,
        to writer: inout JSONWriter,
        more: (Poll.Answer, inout JSONWriter) -> Void
    ) {
        writer.member("title", raw: poll.title)
        writer.key("answers")
        writer.beginArray()
        for (index, answer) in poll.answers.enumerated() {
            writer.beginObject()
            writer.member("id", index + 1)
            writer.member("text", raw: answer.text)
            more(answer, &writer)
            writer.endObject()
        }
        writer.endArray()
    }
}
