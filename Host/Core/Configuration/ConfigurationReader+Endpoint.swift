extension ConfigurationReader {
    /// Reads an endpoint. Where it is not counted, its paths do not collide with others.
    mutating func endpoint(
        _ directive: ConfigurationDirective,
        of service: ServiceConfiguration,
        isCounted: Bool
    ) -> EndpointConfiguration? {
        guard let kind = EndpointConfiguration.Kind(rawValue: directive.name.text) else { return nil }
        let least = kind == .stream ? 1 : 2
        guard let words = values(directive, in: .service, count: least...) else { return nil }
        var endpoint = EndpointConfiguration(
            kind: kind,
            listener: words[0].text,
            position: directive.position,
            listenerPosition: words[0].position
        )
        let use = ConfigurationRoutes.Use(kind: kind, service: service.title, position: words[0].position)
        routes.use(words[0], use, isCounted: isCounted, &errors)
        guard kind != .stream else {
            let framing = splitName(from: words.dropFirst(), into: &endpoint)
            endpoint.framing = self.framing(framing)
            return endpoint
        }
        let paths = splitName(from: words.dropFirst(), directive, into: &endpoint)
        for word in paths where isPath(word, of: kind) {
            endpoint.paths.append(word.text)
            let use = ConfigurationRoutes.Use(kind: kind, service: service.title, position: word.position)
            if isCounted { routes.add(path: word.text, on: endpoint.listener, use, &errors) }
        }
        return endpoint
    }

    /// Takes the endpoint's name from the end of the words; the others are paths.
    private mutating func splitName(
        from words: ArraySlice<ConfigurationWord>,
        _ directive: ConfigurationDirective,
        into endpoint: inout EndpointConfiguration
    ) -> ArraySlice<ConfigurationWord> {
        guard let last = words.last, !last.text.hasPrefix("/") else { return words }
        if words.count == 1 {
            let remedy = "paths begin with /, only the last word may be the endpoint's name"
            errors.add(.badPath, at: last.position, "\(last.quoted) is not a path", remedy)
            return []
        }
        if isName(last, of: "an endpoint") { endpoint.name = last.text }
        return words.dropLast()
    }

    private mutating func isPath(_ word: ConfigurationWord, of kind: EndpointConfiguration.Kind) -> Bool {
        guard word.text.hasPrefix("/") else {
            let remedy = "paths begin with /, only the last word may be the endpoint's name"
            errors.add(.badPath, at: word.position, "\(word.quoted) is not a path", remedy)
            return false
        }
        let isPlain = word.text.utf8.allSatisfy { byte in
            (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
        }
        guard isPlain else {
            let remedy = "write it percent-encoded, without a query"
            errors.add(.badPath, at: word.position, "\(word.quoted) is not the path of a URL", remedy)
            return false
        }
        guard kind != .sockjs || !word.text.hasSuffix("/") else {
            let remedy = "write a prefix such as /chat: the client adds the slash"
            errors.add(.badPath, at: word.position, "the prefix \(word.quoted) ends with a slash", remedy)
            return false
        }
        return true
    }
}
