import Core
import Net
import Synchronization

/// Plays one transcript: does what a line says, lets everything happen that comes of it, and goes on.
struct Player<Ground: StageGround> {
    /// Somebody whom the play names.
    struct Actor {
        let name: String
        var peer: any StageClient
        var line: Ground.Line?  // nil: the connection has ended
    }

    let defaultPath: String
    let transport: StageTransport
    let ground: Ground
    var actors: [Actor] = []
    var captures: [String: String] = [:]
    /// What was answered.
    enum Answer {
        case call(Result<[UInt8], CallError>?)
        case request(StageRequester.Answer)
        case opened
        /// Of whoever wanted to connect, and how a play fails that does not expect it.
        case refusal(StageRequester.Answer, Deviation)

        var isSuccess: Bool {
            switch self {
            case .call(.success): true
            case .opened: true
            case .call, .refusal: false
            case .request(let answer): (200..<300).contains(answer.status)
            }
        }

        var description: String {
            switch self {
            case .call(nil): "no answer"
            case .call(.success(let text)): "\"\(String(decoding: text, as: UTF8.self))\""
            case .call(.failure(let error)): "the error \(error)"
            case .request(let answer), .refusal(let answer, _): answer.description
            case .opened: "an open connection"
            }
        }
    }

    /// Of the call or request that was made last, or of whoever connected.
    var answer = Answer.call(nil)
    /// What the reloads after every line turn to, one after the other.
    private var libraries: [PluginLibrary] = []

    /// Connections so far: each session of SockJS has a name of its own.
    var connectionCount = 0

    init(on ground: Ground, defaultPath: String, by transport: StageTransport) {
        self.ground = ground
        self.defaultPath = defaultPath
        self.transport = transport
    }

    /// Plays a transcript on a server of its own. Nil: everything went as it says.
    static func play(
        _ transcript: Transcript,
        on setting: StageSetting,
        loops: Int,
        _ isReloading: Bool
    ) -> StageFailure? {
        do throws(StartError) {
            let folder = try TemporaryFolder()
            let steps = transcript.lines.map(\.step)
            let configuration = try setting.configuration(of: steps, state: folder.path, loops: loops)
            let ground = try Ground(configuration, binary: setting.folder)
            defer { ground.end() }
            let path = StageSetting.paths(of: steps)[0].path
            var player = Player(on: ground, defaultPath: path, by: setting.transport)
            return player.play(transcript, isReloading)
        } catch {
            let deviation = Deviation(expected: "a service that starts", found: error.description)
            return transcript.failure(at: transcript.lines.first, nil, deviation)
        }
    }

    private mutating func play(_ transcript: Transcript, _ isReloading: Bool) -> StageFailure? {
        var line: Transcript.Line?
        var text: String?  // nil: the line's own
        do throws(Deviation) {
            for (index, next) in transcript.lines.enumerated() {
                (line, text) = (next, nil)
                try perform(next.step)
                let following = index + 1 < transcript.lines.count ? transcript.lines[index + 1].step : nil
                try checkAnswer(after: next.step, before: following)
                text = "a reload after: \(next.text)"
                if isReloading, !next.step.isSetting { try reloadBetweenLines() }
            }
            text = "the end"
            for actor in actors { try checkLeftovers(actor) }
        } catch {
            return transcript.failure(at: line, text, error)
        }
        return nil
    }

    /// A call or request that fails says so in the play.
    private func checkAnswer(after step: Transcript.Step, before next: Transcript.Step?) throws(Deviation) {
        switch (step, next) {
        case (.calls, .prints), (.calls, .fails), (.requests, .prints), (.connects, .prints): return
        case (.connects, _):
            if case .refusal(_, let deviation) = answer { throw deviation }
            return
        case (.calls, _), (.requests, _): break
        default: return
        }
        guard !answer.isSuccess else { return }
        throw Deviation(expected: "an answer", found: answer.description)
    }

    /// The only one.
    private var service: Service { ground.server.services[0] }

    // MARK: What happens

    /// Lets everything happen that comes of what was done.
    mutating func settle() throws(Deviation) {
        var hasLeft: Bool
        repeat {
            let lines = lineCount
            for index in actors.indices where actors[index].peer.hasSomethingToSay {
                try exchange(index)
            }
            try ground.settle()
            for index in actors.indices { try exchange(index) }
            hasLeft = lineCount < lines  // which others may be told of
        } while hasLeft || actors.contains { $0.line != nil && ($0.peer.hasSomethingToSay || $0.peer.isOver) }
    }

    private var lineCount: Int { actors.count { $0.line != nil } }

    private mutating func exchange(_ index: Int) throws(Deviation) {
        guard let line = actors[index].line else { return }
        try exchangeWords(index)
        let wasOver = actors[index].peer.isOver
        try ground.exchange(&actors[index].peer, over: line)
        if wasOver { actors[index].line = nil }
    }

    /// Sends what the actor's peer has said, where its line is only there to receive.
    private mutating func exchangeWords(_ index: Int) throws(Deviation) {
        guard var sender = actors[index].peer.takeWords() else { return }
        let line = try ground.connect(to: .web)
        try ground.exchange(&sender, over: line)
        ground.leave(line)
        if let refusal = sender.refusal { actors[index].peer.lose(refusal) }
    }

    /// Moves the clock from one thing that it makes happen to the next.
    mutating func wait(_ duration: Duration) throws(Deviation) {
        let clock = ground.server.clock
        let end = clock.monotonic + duration.nanoseconds
        while let deadline = ground.nextDeadline(), deadline <= end {
            ground.advance(nanoseconds: max(deadline - clock.monotonic, 0))
            try settle()
        }
        ground.advance(nanoseconds: end - clock.monotonic)
        try settle()
    }

    /// Runs `job` on the service's lane, and lets everything happen that comes of it.
    mutating func onLane(_ job: @escaping @Sendable (Service) -> Void) throws(Deviation) {
        service.perform(job)
        try settle()
    }

    /// Reloads the plugin's file, as `patchbay reload` does.
    mutating func reload() throws(Deviation) { try reload(try load()) }

    /// Reloads by turns two loads of the file: neither may rely on what its own globals hold, and loading it
    /// anew for each of thousands of lines would take most of the time.
    private mutating func reloadBetweenLines() throws(Deviation) {
        if libraries.count < 2 { libraries.append(try load()) }
        libraries.reverse()
        try reload(libraries[0])
    }

    private func load() throws(Deviation) -> PluginLibrary {
        do throws(StartError) {
            return try service.load(path: nil)
        } catch {
            throw Deviation(expected: "a plugin that loads", found: error.description)
        }
    }

    private mutating func reload(_ library: PluginLibrary) throws(Deviation) {
        let outcome = Mutex<String?>("the lane does not get to it")
        service.reload(library) { error in outcome.withLock { $0 = error?.description } }
        try settle()
        guard let error = outcome.withLock({ $0 }) else { return }
        throw Deviation(expected: "a reload", found: error)
    }

    mutating func restart() throws(Deviation) {
        for index in actors.indices {
            try checkLeftovers(actors[index])
            actors[index].peer.receiveEnd()
            actors[index].peer.ending?.isExpected = true
            actors[index].line = nil
        }
        do throws(StartError) {
            try ground.restart()
        } catch {
            throw Deviation(expected: "a service that starts", found: error.description)
        }
        try settle()
    }
}

extension Transcript {
    fileprivate func failure(at line: Line?, _ text: String?, _ deviation: Deviation) -> StageFailure {
        StageFailure(
            transcript: name,
            line: line?.number ?? 0,
            text: text ?? line?.text ?? "",
            path: deviation.path,
            expected: deviation.expected,
            found: deviation.found,
            message: deviation.message
        )
    }
}
