import Core
import Testing

@Suite struct ConfigurationSuggestionTests {
    @Test(arguments: [
        ("histroy", ["histogram", "history"], "history"), ("gg", ["fire", "GG"], "GG"),
        ("wbe", ["control", "web"], "web"),
        ("statr", ["start", "state"], "start"), ("webb", ["web", "webs"], "web"), ("щука", ["щуки"], "щуки"),
        ("connections_per_adress_", ["connections_per_address"], "connections_per_address"),
        (
            "conections_per_principle", ["connections_per_address", "connections_per_principal"],
            "connections_per_principal"
        ),
        ("acb", ["abc"], "abc"), ("ab", ["b", "abcd"], "b"),
    ])
    func `the nearest is suggested, the first of several`(name: String, among: [String], nearest: String) {
        #expect(Suggestion.nearest(to: name, among: among) == nearest)
    }

    @Test(arguments: [
        ("history", []), ("history", ["message"]), ("a", ["b", "gg", ""]), ("", ["a", "ab"]),
        ("tls", ["web"]),
        (String(repeating: "a", count: 65), [String(repeating: "a", count: 65)]),
    ])
    func `nothing is suggested that is not near`(name: String, among: [String]) {
        #expect(Suggestion.nearest(to: name, among: among) == nil)
    }
}
