/// What somebody may have meant who wrote a name that is not known.
package enum Suggestion {
    /// Names longer than this are no slips of the finger; and comparing costs the product of the lengths.
    private static let longestName = 64
    private static let mostCandidates = 1_000

    /// The candidate that is nearest to a name, the first of several equally near.
    ///
    /// The distance is the number of letters to insert, remove, replace, or swap with their neighbour;
    /// capitals count as small letters. It must be at most 2, or a third of the name's length where that is more, and
    /// leave at least one letter as it was.
    /// - Returns: nil when none is near enough.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        guard name.utf8.count <= longestName else { return nil }
        let wanted = letters(of: name)
        let allowed = max(2, wanted.count / 3)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates.prefix(mostCandidates) where candidate.utf8.count <= longestName {
            let offered = letters(of: candidate)
            guard abs(offered.count - wanted.count) <= allowed else { continue }
            let distance = distance(from: wanted, to: offered)
            let isNear = distance <= allowed && distance < max(wanted.count, offered.count)
            if isNear, distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// The nearest as messages put it: `did you mean "history"?`
    package static func question(nearest name: String, among candidates: [String]) -> String? {
        nearest(to: name, among: candidates).map { "did you mean \(ConfigurationWord.quoted($0))?" }
    }

    private static func letters(of name: String) -> [Unicode.Scalar] {
        Array(name.lowercased().unicodeScalars)
    }

    /// The optimal string alignment distance: three rows of the table are kept.
    private static func distance(from first: [Unicode.Scalar], to second: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                let isSame = first[row] == second[column]
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[second.count]
    }
}
