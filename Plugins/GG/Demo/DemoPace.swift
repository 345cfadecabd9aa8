/// How often each address has asked within the last minute.
struct DemoPace {
    private static let most = 10
    private static let minute: Int64 = 60_000  // milliseconds

    private var times: [String: [Int64]] = [:]  // oldest first

    /// Counts one more, unless the address has asked often enough.
    mutating func admit(_ address: String, now: Int64) -> Bool {
        times = times.compactMapValues { times in
            let recent = times.filter { $0 > now - Self.minute }
            return recent.isEmpty ? nil : recent
        }
        guard times[address, default: []].count < Self.most else { return false }
        times[address, default: []].append(now)
        return true
    }
}
