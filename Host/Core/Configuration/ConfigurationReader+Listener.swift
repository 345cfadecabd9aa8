import Wire

extension ConfigurationReader {
    /// Reads the block of a listener.
    mutating func listener(
        named name: String,
        at position: SourcePosition,
        _ directives: [ConfigurationDirective]
    ) -> ListenerConfiguration {
        var seen: Seen = [:]
        var listener = ListenerConfiguration(
            name: name,
            address: .any(port: 0),
            position: position,
            addressPosition: position
        )
        for directive in directives where isKnown(directive, in: .listen) {
            guard directive.name.text == "tls" || isFirst(directive, &seen) else { continue }
            readListener(directive, into: &listener)
        }
        checkAddress(seen, of: listener)
        checkHosts(of: listener)
        return listener
    }

    private mutating func readListener(
        _ directive: ConfigurationDirective,
        into listener: inout ListenerConfiguration
    ) {
        switch directive.name.text {
        case "address": readAddress(directive, into: &listener)
        case "unix": readSocket(directive, into: &listener)
        case "admin": listener.isAdmin = values(directive, in: .listen, count: 0...0) != nil
        case "tls": certificate(directive).map { listener.certificates.append($0) }
        case "origins": origins(directive, in: .listen).map { listener.origins = $0 }
        case "proxy_protocol": flag(directive, in: .listen).map { listener.hasProxyProtocol = $0 }
        default: ranges(directive, in: .listen).map { listener.trustForwarded = $0 }  // trust_forwarded
        }
    }

    private mutating func readAddress(
        _ directive: ConfigurationDirective,
        into listener: inout ListenerConfiguration
    ) {
        guard let word = value(directive, in: .listen) else { return }
        listener.addressPosition = word.position
        guard let address = address(word) else { return }
        listener.address = address
    }

    private mutating func readSocket(
        _ directive: ConfigurationDirective,
        into listener: inout ListenerConfiguration
    ) {
        guard let words = values(directive, in: .listen, count: 1...3) else { return }
        listener.addressPosition = words[0].position
        socket(words[0]).map { listener.address = $0 }
        guard words.count > 1 else { return }
        guard words[1].text == "mode" else {
            let message = "\(words[1].quoted) behind the path of a socket"
            let question = Suggestion.question(nearest: words[1].text, among: ["mode"])
            let remedy = question ?? ConfigurationBlock.listen.advice("unix")
            return errors.add(.badValue, at: words[1].position, message, remedy)
        }
        guard words.count == 3 else {
            return errors.add(
                .wrongValues,
                at: words[1].position,
                "mode has no value",
                "write one such as mode 0660"
            )
        }
        mode(words[2]).map { listener.socketMode = $0 }
    }

    private mutating func socket(_ word: ConfigurationWord) -> ListenerConfiguration.Address? {
        let path = path(word)
        let longest = 107  // sun_path has 108 bytes, the last of them zero: unix(7)
        guard path.utf8.count <= longest else {
            let message = "the path of a socket has \(path.utf8.count) bytes"
            errors.add(.outOfRange, at: word.position, message, "use at most \(longest)")
            return nil
        }
        return .unix(path)
    }

    /// The permissions of a file, in octal.
    private mutating func mode(_ word: ConfigurationWord) -> UInt32? {
        let isOctal = word.text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard isOctal, (3...4).contains(word.text.utf8.count), let mode = UInt32(word.text, radix: 8),
            mode <= 0o777
        else {
            let remedy = "write three digits from 0 to 7, such as 0660 or 0666"
            errors.add(.badValue, at: word.position, "\(word.quoted) is not the mode of a socket", remedy)
            return nil
        }
        return mode
    }

    private mutating func address(_ word: ConfigurationWord) -> ListenerConfiguration.Address? {
        guard let (host, port) = hostAndPort(word.text) else {
            let remedy = "write IPV4:PORT, [IPV6]:PORT or *:PORT, such as 127.0.0.1:8080"
            errors.add(.badAddress, at: word.position, "\(word.quoted) is not an address and port", remedy)
            return nil
        }
        let portWord = word.part(port)
        guard let number = number(.integer, portWord, for: "the port", in: 0...65_535) else { return nil }
        return host.map { .ip($0, port: UInt16(number)) } ?? .any(port: UInt16(number))
    }

    /// `HOST:PORT` with an IPv4 address, an IPv6 address in brackets, or `*` for all.
    private func hostAndPort(_ text: String) -> (host: [UInt8]?, port: Substring)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = text[..<colon], port = text[text.index(after: colon)...]
        if host == "*" { return (nil, port) }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let address = AddressText.bytes(isBracketed ? host.dropFirst().dropLast() : host)
        guard let address, address.count == (isBracketed ? 16 : 4) else { return nil }
        return (address, port)
    }

    private mutating func checkAddress(_ seen: Seen, of listener: ListenerConfiguration) {
        if let unix = seen["unix"], let address = seen["address"] {
            let message = "\(listener.title) has an address and a unix path"
            let isUnixFirst = (unix.line, unix.column) < (address.line, address.column)
            let (first, second) = isUnixFirst ? (unix, address) : (address, unix)
            errors.add(.repeated, at: second, message, "the first is at \(first); use two listeners")
        }
        guard seen["unix"] == nil, seen["address"] == nil else { return }
        let remedy = "write: address HOST:PORT; or: unix PATH;"
        errors.add(.missingAddress, at: listener.position, "\(listener.title) has no address", remedy)
    }

    private mutating func certificate(
        _ directive: ConfigurationDirective
    ) -> ListenerConfiguration.Certificate? {
        _ = values(directive, in: .listen, count: 0...0, hasBlock: true)
        guard let block = block(of: directive, in: .listen) else { return nil }
        var seen: Seen = [:]
        var result = ListenerConfiguration.Certificate(certificate: "", key: "", position: directive.position)
        for directive in block where isKnown(directive, in: .tls) && isFirst(directive, &seen) {
            switch directive.name.text {
            case "certificate": path(directive, in: .tls).map { result.certificate = $0 }
            case "key": path(directive, in: .tls).map { result.key = $0 }
            case "clients": clients(directive).map { result.clients = $0 }
            default: hosts(directive).map { result.hosts = $0 }  // host
            }
        }
        for name in ["certificate", "key"] where seen[name] == nil {
            let remedy = "write: \(name) FILE;"
            errors.add(.incompleteTLS, at: directive.position, "this tls block has no \(name)", remedy)
        }
        return result
    }

    private mutating func clients(_ directive: ConfigurationDirective) -> ListenerConfiguration.Clients? {
        guard let words = values(directive, in: .tls, count: 1...2) else { return nil }
        if words.count == 2, words[1].text != "required" {
            let message = "\(words[1].quoted) is no value for clients"
            let question = Suggestion.question(nearest: words[1].text, among: ["required"])
            errors.add(
                .badValue,
                at: words[1].position,
                message,
                question ?? ConfigurationBlock.tls.advice("clients")
            )
            return nil
        }
        return ListenerConfiguration.Clients(authorities: path(words[0]), isRequired: words.count == 2)
    }

    private mutating func hosts(_ directive: ConfigurationDirective) -> [String]? {
        values(directive, in: .tls, count: 1...)?.compactMap { word in
            let host = word.text.lowercased()
            guard HostName.isValid(host.hasPrefix("*.") ? host.dropFirst(2) : host[...]) else {
                let remedy = "write one such as chat.example.com or *.example.com"
                errors.add(.badName, at: word.position, "\(word.quoted) is no name of a host", remedy)
                return nil
            }
            return host
        }
    }

    /// A client's host name must lead to one certificate.
    private mutating func checkHosts(of listener: ListenerConfiguration) {
        var first: Seen = [:]
        for certificate in listener.certificates {
            for host in certificate.hosts.isEmpty ? [""] : certificate.hosts {
                if let position = first[host] {
                    let message =
                        host.isEmpty ? "a second tls block without host" : "host \(host) stands twice"
                    errors.add(
                        .duplicateName,
                        at: certificate.position,
                        message,
                        "the first is at \(position)"
                    )
                } else {
                    first[host] = certificate.position
                }
            }
        }
    }
}
