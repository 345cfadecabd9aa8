/// What a plain request was answered.
struct HTTPAnswer: Equatable {
    let status: Int
    let fields: [String: String]  // names in lower case
    let body: String
}

extension TestPeer {
    /// Sends a request and takes its answer.
    func exchange(_ request: [UInt8], hasBody: Bool = true) -> HTTPAnswer? {
        send(bytes: request)
        return answer(hasBody: hasBody)
    }

    /// The next answer, once the server has settled. Nil: there is no whole one.
    func answer(hasBody: Bool = true) -> HTTPAnswer? {
        settle()
        guard let head = head() else { return nil }
        let lines = head.split(separator: "\r\n")
        let status = lines[0].split(separator: " ")[1]
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
        }
        let length = hasBody ? fields["content-length"].flatMap { Int($0) } ?? 0 : 0
        return HTTPAnswer(
            status: Int(status) ?? 0,
            fields: fields,
            body: String(decoding: take(length), as: UTF8.self)
        )
    }

    /// Everything else that has come.
    func rest() -> String {
        settle()
        return String(decoding: take(.max), as: UTF8.self)
    }
}
