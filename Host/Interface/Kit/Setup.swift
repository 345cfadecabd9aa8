import PatchbayABI

/// What a service is created from, and where it registers its handlers.
///
/// Registrations take effect together when `init` has returned, and end with the generation. One that the host
/// refuses makes the creation fail with a sentence.
public struct Setup<S: Service> {
    /// Why a service is created.
    public enum Start: UInt32, Sendable {
        /// The host started it.
        case start
        /// It takes over from the generation before, with what that saved.
        case reload
        /// The store failed and took back the last messages; nothing is restored.
        case recovery
    }

    /// The host; keep it.
    public let host: Host
    /// The service's name in plugins.conf.
    public let name: String
    /// Why it is created.
    public let start: Start
    /// What `save` of the generation before gave; nil when it gave nothing.
    public let restored: SavedState?
    /// Whether other machines reach the service: some listener of it has an address that is not this machine's own.
    /// A host before interface 1.3 does not tell, and this is false.
    public let isExposed: Bool
    /// What the operator set.
    public let options: Options
    /// The service's database; nil when the manifest has no migrations or the host no store.
    public let store: Store?
    /// Random bytes, digests and hashes of passwords; nil when the host offers none.
    public let secrets: Secrets?
    /// Requests to servers elsewhere; nil when the host offers none.
    public let http: HTTPClient?
    let instance: ServiceInstance<S>

    init(_ instance: ServiceInstance<S>, _ setup: pb_setup) {
        self.instance = instance
        host = instance.host
        name = unsafe setup.service.string
        start = unsafe Start(rawValue: setup.start) ?? .start
        restored =
            unsafe setup.restored.count == 0
            ? nil : SavedState(version: setup.restored_version, bytes: setup.restored.array)
        isExposed = unsafe setup.is_exposed == 1
        options = Options(instance.host, S.manifest.options, instance.failures)
        store = S.manifest.migrations.isEmpty ? nil : Store(instance.host)
        secrets = Secrets(instance.host, instance.hashes)
        http = HTTPClient(instance.host, instance.fetches)
    }
}

/// How a connection ended.
public struct Closing: Equatable, Sendable {
    /// The WebSocket close code (RFC 6455 §7.4); 1006 where there was none.
    public let code: UInt32
    /// The reason given, mostly empty.
    public let reason: [UInt8]
}
