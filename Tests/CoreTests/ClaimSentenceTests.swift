import Testing

@testable import Core

/// What a protocol says of a name and of being asked, a sentence each. The answers: 0 it is yours, -7 it is already,
/// 1 denied, 2 replaced, 3 ask the holder, 4 wait.
@Suite struct ClaimSentenceTests {
    struct Sentence: CustomTestStringConvertible {
        let text: String
        let play: String

        init(_ text: String, _ play: String) {
            self.text = text
            self.play = play
        }

        var testDescription: String { text }
    }

    static let sentences = [
        Sentence("a free name is given", "anna > claim bot Foo\nanna < 0 anna"),
        Sentence(
            "names are case-sensitive, and apart by kind",
            """
            anna > claim bot Foo
            anna < 0 anna
            ben > claim bot foo
            ben < 0 ben
            cleo > claim seat Foo
            cleo < 0 cleo
            """
        ),
        Sentence(
            "the holder of a taken name is asked, and the newcomer waits",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            anna < 0 anna
            anna < isalive Foo
            ben < 3 anna
            """
        ),
        Sentence(
            "a holder that answers in time keeps it, and nobody waits any more",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            wait 4999
            anna > alive bot Foo
            anna < 0 anna
            anna < isalive Foo
            anna < 0
            ben < 3 anna
            wait 10000
            ben > release bot Foo
            ben < -4
            ben > holder bot Foo
            ben < 0 anna
            """
        ),
        Sentence(
            "a holder that does not answer is closed, and the newcomer gets the name",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            anna < 0 anna
            anna < isalive Foo
            ben < 3 anna
            wait 4999
            ben > echo early
            ben < early
            wait 1
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < granted Foo 1
            ben > holder bot Foo
            ben < 0 ben
            """
        ),
        Sentence(
            "newcomers wait in order, and the first that is still connected gets it",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            cleo > claim bot Foo
            dora > claim bot Foo
            ben ends
            anna < 0 anna
            anna < isalive Foo
            ben < 3 anna
            cleo < 4 anna
            dora < 4 anna
            wait 5000
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            cleo < granted Foo 1
            cleo ends
            dora > claim bot Foo
            dora < 0 dora
            """
        ),
        Sentence(
            "whoever is being closed is not there",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            cleo > claim bot Foo
            ben > end 4000 away
            wait 5000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < 3 anna
            ben < closed 4000 away
            cleo < 4 anna
            cleo < granted Foo 1
            """
        ),
        Sentence(
            "if none is, the silent holder loses it all the same and the name is free",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            ben ends
            wait 5000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < 3 anna
            cleo > claim bot Foo
            cleo < 0 cleo
            """
        ),
        Sentence(
            "there is one challenge at a time, with one time",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            wait 4000
            cleo > claim bot Foo
            wait 1000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < 3 anna
            ben < granted Foo 1
            cleo < 4 anna
            """
        ),
        Sentence(
            "one that waits and adds a free name gets that and leaves the queue",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            cleo > claim bot Foo
            ben > claim bot Bar
            wait 5000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < 3 anna
            ben < 0 ben
            cleo < 4 anna
            cleo < granted Foo 1
            """
        ),
        Sentence(
            "one that asks for another taken name waits for both, and what it gets first ends the other wait",
            """
            anna > claim bot Foo
            ben > claim bot Bar
            cleo > claim bot Foo
            wait 1000
            cleo > claim bot Bar
            dora > claim bot Bar
            wait 4000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < 0 ben
            ben < isalive Bar
            cleo < 3 anna
            cleo < 3 ben
            cleo < granted Foo 1
            dora < 4 ben
            wait 1000
            ben < lost Bar -1
            ben < closed 4001 did not answer isalive
            dora < granted Bar 1
            """
        ),
        Sentence(
            "a name of another kind ends no wait",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            ben > claim seat Foo
            wait 5000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < 3 anna
            ben < 0 ben
            ben < granted Foo 1
            """
        ),
        Sentence(
            "asking again for the same keeps its place",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            cleo > claim bot Foo
            ben > claim bot Foo
            wait 5000
            anna < 0 anna
            anna < isalive Foo
            anna < lost Foo -1
            anna < closed 4001 did not answer isalive
            ben < 3 anna
            ben < 4 anna
            ben < granted Foo 1
            cleo < 4 anna
            """
        ),
        Sentence(
            "a holder that asks for its name is told so, also while it is asked",
            """
            anna > claim bot Foo
            anna > claim bot Foo
            ben > claim bot Foo
            anna > claim bot Foo
            anna < 0 anna
            anna < -7 anna
            anna < isalive Foo
            anna < -7 anna
            ben < 3 anna
            """
        ),
        Sentence(
            "if the holder ends by itself during the challenge, the first newcomer gets the name at once",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            cleo > claim bot Foo
            anna ends
            anna < 0 anna
            anna < isalive Foo
            ben < 3 anna
            ben < granted Foo 1
            cleo < 4 anna
            wait 10000
            cleo > claim bot Foo
            cleo < 3 ben
            ben < isalive Foo
            """
        ),
        Sentence(
            "if the holder releases it during the challenge, the first gets it when no handler runs",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            anna > give bot Foo
            anna < 0 anna
            anna < isalive Foo
            anna < 0
            anna < -1
            ben < 3 anna
            ben < granted Foo 1
            """
        ),
        Sentence(
            "a holder that takes back what it gave up stands behind those that wait",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            anna > swap bot Foo
            anna < 0 anna
            anna < isalive Foo
            anna < 0
            anna < -1
            anna < 4
            ben < 3 anna
            ben < granted Foo 1
            anna > holder bot Foo
            anna < 0 ben
            """
        ),
        Sentence(
            "an answer without a challenge is wrong, and so is another's",
            """
            anna > alive bot Foo
            anna < -4
            anna > claim bot Foo
            anna > alive bot Foo
            anna < 0 anna
            anna < -4
            ben > claim bot Foo
            ben > alive bot Foo
            anna < isalive Foo
            ben < 3 anna
            ben < -4
            anna > alive bot Foo
            anna > alive bot Foo
            anna < 0
            anna < -4
            """
        ),
        Sentence(
            "one that waits may let it be",
            """
            anna > claim bot Foo
            ben > claim bot Foo
            cleo > claim bot Foo
            ben > release bot Foo
            ben > release bot Foo
            anna ends
            anna < 0 anna
            anna < isalive Foo
            ben < 3 anna
            ben < 0
            ben < -4
            cleo < 4 anna
            cleo < granted Foo 1
            """
        ),
        Sentence(
            "a released name is free",
            """
            anna > claim bot Foo
            anna > release bot Foo
            ben > holder bot Foo
            ben > claim bot Foo
            anna < 0 anna
            anna < 0
            ben < -1
            ben < 0 ben
            """
        ),
        Sentence(
            "a name that ends with its holder is still the holder's in on_close",
            """
            ben > join watch
            anna > claim bot Foo
            anna ends
            anna < 0 anna
            ben < 0
            ben < gone 1006 -1
            ben < holding 1
            ben > holder bot Foo
            ben < -1
            """
        ),
        Sentence(
            "where a newcomer is denied it is told who holds the name, and nothing changes",
            """
            anna > claim seat 1
            ben > claim seat 1
            anna > alive seat 1
            anna < 0 anna
            anna < -4
            ben < 1 anna
            wait 10000
            anna ends
            ben > claim seat 1
            ben < 0 ben
            """
        ),
        Sentence(
            "where a newcomer replaces it is told whom, who has lost it at once",
            """
            anna > claim user 7
            anna > claim user 7
            ben > claim user 7
            anna > release user 7
            anna < 0 anna
            anna < -7 anna
            anna < -4
            ben < 2 anna
            anna ends
            ben > holder user 7
            ben < 0 ben
            """
        ),
    ]

    @Test(arguments: sentences, [false, true])
    func `a protocol's sentence`(sentence: Sentence, reloading: Bool) throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["CLOSING_LOST"])
        try ClaimPlay(plugin).play(sentence.play, reloading: reloading)
    }

    @Test(arguments: sentences)
    func `a protocol's sentence where batches are stored`(sentence: Sentence) throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["CLOSING_LOST", "STORE"])
        try ClaimPlay(plugin).play(sentence.play)
    }
}
