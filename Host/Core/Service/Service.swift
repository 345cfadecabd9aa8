import Net
import PatchbayABI
import Store
import Synchronization
import Wire

/// One configured instance of a plugin: what the host knows of its connections, rooms, principals and timers,
/// and the generation that handles its messages.
///
/// Everything here belongs to the service's lane, but for what says otherwise.
package final class Service {
    /// Where peers reach the service: one path, or one port. Constant; read by any thread.
    struct Binding: Sendable {
        let kind: EndpointConfiguration.Kind
        let listener: String
        let path: String  // empty for a stream
        let endpoint: String?  // as plugins.conf names it; nil: the main one
        let framing: Framing?  // of a stream, as plugins.conf has it; nil: as the plugin has it
    }

    package let name: String
    let number: Int
    let configuration: ServiceConfiguration
    let bindings: [Binding]
    /// Whether other machines reach it.
    let isExposed: Bool
    let limits: Limits
    let clock: Clock
    let log: Log
    let files: PluginFiles
    let plugin: String
    let lane: Lane

    let counter = ConnectionCounter()
    /// By binding, of the generation in force. [any thread]
    let traits = Mutex<[EndpointTraits]>([])
    /// [any thread]
    let figures = Mutex(Figures())
    /// Files loaded so far; numbers their copies. [any thread]
    let loads = Atomic<Int>(Service.firstLoad)
    /// The number of the file that the service starts with.
    static let firstLoad = 1

    var generation: Generation?
    var generationNumber = 0
    var previousGenerations = 0
    var database: Database?
    let peers: PeerTable
    let rooms = RoomTable()
    var principals: [[UInt8]: [ConnectionHandle]] = [:]
    var timers = TimerHeap<TimerKey>()
    var timerIds: [TimerKey: TimerHeap<TimerKey>.Id] = [:]
    let claims = ClaimTable()
    var replays: [ConnectionHandle] = []
    /// Those that have been let in, and are to be told to the plugin as open.
    var admitted: [ConnectionHandle] = []
    /// Whose `on_close` runs: nothing is sent to it any more, by a room neither.
    var ending: ConnectionHandle?
    var lastUpgrade = 0
    /// Those whose messages wait for a token, by when there is one, in nanoseconds.
    var paced = TimerHeap<ConnectionHandle>()
    var tickets: [UInt64: (Result<[UInt8], CallError>) -> Void] = [:]
    var answers: [(UInt64, Result<[UInt8], CallError>)] = []  // to be given when the batch is committed
    var lastTicket: UInt64 = 0
    /// What is being handled, for what comes of it: the connection, of a message; the request or the command.
    var handled = ConnectionHandle(bits: 0)
    var errand: Errand?
    /// Logins that were begun for the message.
    var begun: [UInt64] = []
    /// What the plugin has asked for and waits for, by number.
    var jobs: [UInt64: HostJob] = [:]
    var lastJob: UInt64 = 0
    /// Those for whom such was answered in this batch.
    var answered: [ConnectionHandle] = []
    let pool: HashPool
    let fetcher: Fetcher
    /// Logins that failed of late. A reload and a batch that is not stored change nothing of it.
    var logins: LoginThrottle
    /// Requests that the plugin has not answered yet, by ticket.
    var requests: [UInt64: OpenRequest] = [:]
    var scratch: [UInt8] = []
    var statistics = Statistics()

    /// What waits for the batch's commit, by loop.
    var outgoing: [Outgoing]
    var undo: [Undo] = []
    /// Output waits although there is no store: a generation is being made that may yet be refused.
    var isHolding = false

    struct Statistics: Sendable {
        var messages = 0
        var sent = 0
        var refused = 0
        var batches = 0
        var commits = 0  // of them, those that wrote to the store
        var failedBatches = 0
        var throttledLogins = 0
    }

    /// What the plugin counts and measures.
    struct Figures: Sendable {
        var counters: [String: Int64] = [:]
        var gauges: [String: Int64] = [:]
    }

    init(_ configuration: ServiceConfiguration, number: Int, lane: Lane, loops: Int, environment: Environment)
    {
        name = configuration.name
        self.number = number
        self.configuration = configuration
        self.lane = lane
        limits = configuration.settings.limits
        logins = LoginThrottle(
            limit: configuration.settings.limits.authFailuresPerMinute,
            backEnds: configuration.settings.backEnds
        )
        clock = environment.clock
        log = environment.log
        files = environment.files
        pool = environment.pool
        fetcher = environment.fetcher
        plugin = environment.files.name(of: configuration.plugin)
        peers = PeerTable(loops: loops)
        outgoing = Array(repeating: Outgoing(), count: loops)
        bindings = configuration.endpoints.flatMap { endpoint in
            (endpoint.kind == .stream ? [""] : endpoint.paths).map { path in
                Binding(
                    kind: endpoint.kind,
                    listener: endpoint.listener,
                    path: path,
                    endpoint: endpoint.name,
                    framing: endpoint.framing
                )
            }
        }
        isExposed = bindings.contains { environment.exposed.contains($0.listener) }
        lane.service = self
    }

    /// What all services share.
    struct Environment {
        let exposed: Set<String>  // listeners that other machines reach
        let clock: Clock
        let log: Log
        let files: PluginFiles
        let pool: HashPool
        let fetcher: Fetcher
    }

    /// Batches are transactions, so output waits for the commit.
    var isDeferred: Bool { database != nil || isHolding }

    /// Milliseconds.
    var now: Int64 { clock.monotonic / 1_000_000 }
}

extension Service: @unchecked Sendable {}  // its lane alone touches what is not constant
