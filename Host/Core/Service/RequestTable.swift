/// An endpoint's handlers for plain requests, by what follows the path of plugins.conf, and by method.
struct RequestTable {
    private struct Entry {
        let path: [UInt8]  // ends with `/*`: everything below
        var methods: [(name: [UInt8], handler: RequestHandler)]
    }

    /// Who handles a request.
    enum Match {
        case handler(RequestHandler)
        /// The path is there for these methods.
        case otherMethod(allowed: [String])
        case none
    }

    private var entries: [Entry] = []

    var count: Int { entries.reduce(0) { $0 + $1.methods.count } }

    /// False: there is one for them.
    mutating func insert(method: [UInt8], path: [UInt8], _ handler: RequestHandler) -> Bool {
        guard let place = entries.firstIndex(where: { $0.path == path }) else {
            entries.append(Entry(path: path, methods: [(method, handler)]))
            return true
        }
        guard !entries[place].methods.contains(where: { $0.name == method }) else { return false }
        entries[place].methods.append((method, handler))
        return true
    }

    /// The path itself comes before the longest one that everything below belongs to. HEAD is a GET whose
    /// body is left out: RFC 9110 §9.3.2.
    func match(method: [UInt8], path: ArraySlice<UInt8>) -> Match {
        guard let entry = entry(path) else { return .none }
        let isHead = method == Array("HEAD".utf8)
        for name in isHead ? [method, Array("GET".utf8)] : [method] {
            if let found = entry.methods.first(where: { $0.name == name }) { return .handler(found.handler) }
        }
        var allowed = entry.methods.map { String(decoding: $0.name, as: UTF8.self) }
        if allowed.contains("GET"), !allowed.contains("HEAD") { allowed.append("HEAD") }
        if !allowed.contains("OPTIONS") { allowed.append("OPTIONS") }
        return .otherMethod(allowed: allowed.sorted())
    }

    private func entry(_ path: ArraySlice<UInt8>) -> Entry? {
        if let exact = entries.first(where: { $0.path.elementsEqual(path) }) { return exact }
        let above = entries.filter {
            $0.path.hasSuffix(RequestTable.everything) && path.starts(with: $0.path.dropLast())
        }
        return above.max { $0.path.count < $1.path.count }
    }

    private static let everything = Array("/*".utf8)
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool { suffix.elementsEqual(self.suffix(suffix.count)) }
}
