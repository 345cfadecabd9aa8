/// How often each address has asked within the last minute. Whoever has one IPv6 address has 2^64 of them, so these
/// count by their network.
struct DemoPace {
    private static let most = 10
    private static let minute: Int64 = 60_000  // milliseconds

    private var times: [String: [Int64]] = [:]  // oldest first

    /// Counts one more, unless the address has asked often enough.
    mutating func admit(_ address: String, now: Int64) -> Bool {
        let origin = Self.origin(address)
        times = times.compactMapValues { times in
            let recent = times.filter { $0 > now - Self.minute }
            return recent.isEmpty ? nil : recent
        }
        guard times[origin, default: []].count < Self.most else { return false }
        times[origin, default: []].append(now)
        return true
    }

    /// The address, or of an IPv6 address the first four of its eight groups.
    private static func origin(_ address: String) -> String {
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        guard groups.count > 1 else { return address }
        guard let gap = groups.firstIndex(where: \.isEmpty) else {
            return groups.prefix(4).joined(separator: ":")
        }
        let head = groups[..<gap], tail = groups[gap...].filter { !$0.isEmpty }
        let zeros = Array(repeating: Substring("0"), count: max(0, 8 - head.count - tail.count))
        return (head + zeros + tail).prefix(4).joined(separator: ":")
    }
}
