import JSON

/// Holds a message's JSON against a pattern and remembers what captures stand for.
struct TranscriptComparison {
    typealias Mismatch = TranscriptMatch.Mismatch

    private(set) var captures: [String: String]

    init(captures: [String: String]) {
        self.captures = captures
    }

    /// The first difference, or nil.
    mutating func compare(
        _ pattern: TranscriptPattern,
        _ value: JSONValue,
        in bytes: Span<UInt8>,
        path: String
    ) -> Mismatch? {
        let found = raw(value, in: bytes)
        switch (pattern.shape, value.kind) {
        case (.anything, _): return nil
        case (.capture(let name), _): return capture(name, found, path: path)
        case (.object(let members, let isOpen), .object):
            return compare(members, isOpen: isOpen, value, in: bytes, path: path)
        case (.array(let elements, let isOpen), .array):
            return compare(elements, isOpen: isOpen, value, in: bytes, path: path)
        case (.string(let wildcard), .string):
            var text: [UInt8] = []
            if value.appendUnescaped(in: bytes, to: &text), wildcard.matches(text) { return nil }
        case (.scalar, _):
            if isSame(pattern.text, found) { return nil }
        default: break
        }
        return Mismatch(path: path, expected: pattern.text, found: found)
    }

    private mutating func capture(_ name: String, _ found: String, path: String) -> Mismatch? {
        guard let earlier = captures.updateValue(found, forKey: name), earlier != found else { return nil }
        return Mismatch(path: path, expected: "$\(name), which is \(earlier)", found: found)
    }

    private mutating func compare(
        _ members: [TranscriptPattern.Member],
        isOpen: Bool,
        _ value: JSONValue,
        in bytes: Span<UInt8>,
        path: String
    ) -> Mismatch? {
        var names: [[UInt8]] = []
        for member in members {
            guard let name = text(of: member.name) else {
                return Mismatch(path: path, expected: "a member's name that was captured", found: "none")
            }
            names.append(name)
            let path = extended(path, name)
            switch value.member(name, in: bytes) {
            case .absent: return Mismatch(path: path, expected: member.value.text, found: "no such member")
            case .repeated:
                return Mismatch(path: path, expected: member.value.text, found: "it more than once")
            case .found(let value):
                if let mismatch = compare(member.value, value, in: bytes, path: path) { return mismatch }
            }
        }
        return isOpen ? nil : extra(beyond: names, value, in: bytes, path: path)
    }

    /// A captured name stands in its JSON writing; nil when it is no string, or none was captured.
    private func text(of name: TranscriptPattern.Name) -> [UInt8]? {
        switch name {
        case .text(let text): return text
        case .capture(let name):
            let raw = Array((captures[name] ?? "").utf8)
            var text: [UInt8] = []
            guard let value = try? JSONValue.read(raw.span), value.kind == .string,
                value.appendUnescaped(in: raw.span, to: &text)
            else { return nil }
            return text
        }
    }

    private func extra(
        beyond names: [[UInt8]],
        _ value: JSONValue,
        in bytes: Span<UInt8>,
        path: String
    ) -> Mismatch? {
        var mismatch: Mismatch?
        value.forEachMember(in: bytes) { name, value in
            guard !names.contains(where: { name.equals($0, in: bytes) }) else { return true }
            var text: [UInt8] = []
            _ = name.appendUnescaped(in: bytes, to: &text)
            let path = extended(path, text)
            mismatch = Mismatch(path: path, expected: "no such member", found: raw(value, in: bytes))
            return false
        }
        return mismatch
    }

    private mutating func compare(
        _ elements: [TranscriptPattern],
        isOpen: Bool,
        _ value: JSONValue,
        in bytes: Span<UInt8>,
        path: String
    ) -> Mismatch? {
        var found: [JSONValue] = []
        value.forEachElement(in: bytes) { element in
            found.append(element)
            return true
        }
        for (index, (element, value)) in zip(elements, found).enumerated() {
            let path = "\(path)[\(index)]"
            if let mismatch = compare(element, value, in: bytes, path: path) { return mismatch }
        }
        if found.count < elements.count {
            let missing = elements[found.count].text
            return Mismatch(path: "\(path)[\(found.count)]", expected: missing, found: "the end of the array")
        }
        guard found.count > elements.count, !isOpen else { return nil }
        let extra = raw(found[elements.count], in: bytes)
        return Mismatch(path: "\(path)[\(elements.count)]", expected: "the end of the array", found: extra)
    }

    /// Numbers are the same by value, in any writing; other values by text.
    private func isSame(_ expected: String, _ found: String) -> Bool {
        guard expected != found else { return true }
        let left = Array(expected.utf8)
        let right = Array(found.utf8)
        guard let one = try? JSONValue.read(left.span), let other = try? JSONValue.read(right.span),
            let number = one.number(in: left.span)
        else { return false }
        // Whole numbers beyond 2^53 differ where their nearest Doubles do not.
        if let whole = one.integer(in: left.span), let found = other.integer(in: right.span) {
            return whole == found
        }
        return number == other.number(in: right.span)
    }

    private func extended(_ path: String, _ name: [UInt8]) -> String {
        let name = String(decoding: name, as: UTF8.self)
        return path.isEmpty ? name : "\(path).\(name)"
    }

    private func raw(_ value: JSONValue, in bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        for index in value.range { text.append(bytes[index]) }
        return String(decoding: text, as: UTF8.self)
    }
}
