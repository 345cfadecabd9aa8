import Foundation

/// A site that speaks to fire by the example in Python, as a command and as a module.
final class FireSite {
    static let example = "\(Products.root)/Docs/examples/fire"
    /// With the key that the example's README has from plugins.conf.
    static let configuration = BackEnd.configuration("")
        .replacing("server-key", with: "change-this-key")

    let server: LiveServer
    let name: String
    private(set) var secret = ""
    private var runs = 0

    /// Makes the name space.
    init(_ server: LiveServer, name: String = "shop") throws {
        self.server = server
        self.name = name
        let made = try run("register", name)
        guard made.code == 0 else { throw Unexpected("not registered: \(made.errors)") }
        secret = made.output.trimmingCharacters(in: .newlines)
    }

    /// What fire.py takes from the environment.
    var environment: [String] {
        get throws {
            guard let stream = server.addresses.first(where: { $0.path.isEmpty }) else {
                throw Unexpected("there is no stream")
            }
            return [
                "FIRE_ADDRESS=127.0.0.1:\(stream.port)", "FIRE_KEY=change-this-key", "FIRE_NAME=\(name)",
                "FIRE_SECRET=\(secret)", "PYTHONPATH=\(FireSite.example)", "PYTHONDONTWRITEBYTECODE=1",
            ]
        }
    }

    /// Runs fire.py to its end.
    func run(_ words: String...) throws -> Patchbay.Outcome { try run(words) }

    func run(_ words: [String]) throws -> Patchbay.Outcome {
        try finish("\(FireSite.example)/fire.py", words)
    }

    /// Runs fire.py, which has nothing to refuse; what it prints.
    @discardableResult
    func say(_ words: String...) throws -> String {
        let outcome = try run(words)
        guard outcome.code == 0, outcome.errors.isEmpty else { throw Unexpected("\(words): \(outcome)") }
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// Runs a script with the module, logged in as `fire`; what it prints.
    func script(_ text: String) throws -> String {
        let begin = """
            import os, socket, sys, threading
            from fire import Fire
            address, name, secret = [os.environ["FIRE_" + word] for word in ["ADDRESS", "NAME", "SECRET"]]
            fire = Fire(address)
            fire.auth(name, secret)

            """
        let outcome = try finish("python3", ["-c", begin + text])
        guard outcome.code == 0 else { throw Unexpected(outcome.errors) }
        return outcome.output
    }

    private func finish(_ program: String, _ words: [String]) throws -> Patchbay.Outcome {
        runs += 1
        let folder = server.patchbay.folder, errors = "\(name)-\(runs)"
        let program = try Program(program, words, errors: folder.file(errors), environment: environment)
        program.endInput()
        let (code, output) = try program.waitForEnd()
        return Patchbay.Outcome(code: code, output: output, errors: folder.text(errors))
    }

    /// A browser that has come in as the user.
    func browser(_ user: String) throws -> WebSocketClient {
        let client = try WebSocketClient(server.address("/socket/websocket"))
        client.send(#"{"event":"auth","data":{"i":"\#(name)","s":"\#(try say("token", user))"}}"#)
        guard case .text(let answer) = try client.receive(), answer.hasPrefix(#"{"event":"auth ok","#) else {
            throw Unexpected("\(user) does not come in")
        }
        return client
    }
}
