import Core

// Plain requests, and what they are answered.
extension Player {
    /// Makes a request on a line of its own, and keeps the answer for the next line.
    mutating func request(_ request: Transcript.Request) throws(Deviation) {
        var requester = StageRequester(filled(request))
        let line = try ground.connect(to: .web)
        try ground.exchange(&requester, over: line)
        try settle()
        ground.leave(line)
        guard let answer = requester.answer else {
            throw Deviation(expected: "an answer", found: "none")
        }
        self.answer = .request(answer)
    }

    /// A text that was captured stands in paths and headers without its quotes.
    private func filled(_ request: Transcript.Request) -> Transcript.Request {
        Transcript.Request(
            method: request.method,
            path: filled(request.path),
            headers: filled(request.headers),
            body: request.body.map { TranscriptMatch.filled($0, with: captures) }
        )
    }

    func filled(_ headers: [Transcript.Header]) -> [Transcript.Header] {
        headers.map { Transcript.Header(name: $0.name, value: filled($0.value)) }
    }

    private func filled(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            let name = String(rest.prefix(while: \.isCaptureName))
            guard character == "$", let value = captures[name] else {
                result.append(character)
                continue
            }
            let isString = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            result += isString ? value.dropFirst().dropLast() : value[...]
            rest = rest.dropFirst(name.count)
        }
        return result
    }

    /// Holds an answer against `STATUS [BODY]` and lines of `NAME: VALUE`.
    mutating func check(_ answer: StageRequester.Answer, _ expected: String) throws(Deviation) {
        let lines = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let status = lines[0].prefix { $0 != " " }
        let body = String(lines[0].dropFirst(status.count + 1))
        guard status == "\(answer.status)" else {
            throw Deviation(expected: expected, found: answer.description)
        }
        let mismatch =
            body.isEmpty && answer.body.isEmpty
            ? nil : TranscriptMatch.mismatch(expected: body, actual: answer.body, captures: &captures)
        if let mismatch { throw Deviation(mismatch, in: answer.body) }
        for line in lines.dropFirst() { try check(answer, header: line) }
    }

    private mutating func check(_ answer: StageRequester.Answer, header line: Substring) throws(Deviation) {
        let name = line.prefix { $0 != ":" }
        let expected = String(line.dropFirst(name.count + 1).trimmed)
        let found = answer.fields.first { $0.name.lowercased() == name.lowercased() }
        guard let found else { throw Deviation(expected: String(line), found: "no such header") }
        let value = Array(found.value.utf8)
        let mismatch = TranscriptMatch.mismatch(expected: expected, actual: value, captures: &captures)
        guard mismatch != nil else { return }
        throw Deviation(expected: String(line), found: "\(found.name): \(found.value)")
    }
}

extension StageRequester.Answer {
    var description: String { "\(status) \(String(decoding: body, as: UTF8.self))" }
}
