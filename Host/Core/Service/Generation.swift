import PatchbayABI
import Synchronization

/// One life of a service: the plugin's instance, its host table, and the ledger of what it registered.
@safe final class Generation {
    enum Phase: UInt8, AtomicRepresentable { case creating, running, retired }

    let number: Int
    let library: PluginLibrary
    var plugin: PluginTable { library.table }
    unowned let service: Service
    private let currentPhase = Atomic(Phase.creating)
    var ledger = Ledger()
    var refusal: String?  // what `refuse` was told
    var options: OptionValues
    var statements: StatementAccess?
    /// What was registered for each of the service's bindings.
    private(set) var endpoints: [Ledger.Endpoint] = []
    private(set) var instance: UnsafeMutableRawPointer?
    private let table: UnsafeMutablePointer<pb_host>
    /// Bytes lent to the plugin until its next call: an option's text, an error's sentence, a principal.
    private var lent: UnsafeMutableBufferPointer<UInt8>?

    init(number: Int, library: PluginLibrary, service: Service, options: OptionValues) {
        self.number = number
        self.library = library
        self.service = service
        self.options = options
        unsafe table = .allocate(capacity: 1)
        unsafe table.initialize(to: HostTable.make())
        unsafe table.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    }

    /// Changed on the lane; a plugin's own threads ask, too.
    var phase: Phase {
        get { currentPhase.load(ordering: .acquiring) }
        set { currentPhase.store(newValue, ordering: .releasing) }
    }

    /// The generation behind a call's context.
    static func of(_ context: UnsafeMutableRawPointer?) -> Generation? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<Generation>.fromOpaque(context).takeUnretainedValue()
    }

    /// Calls the plugin's `create`. Nil when it succeeded, otherwise why not.
    func create(start: pb_start, restored: [UInt8], version: UInt32) -> String? {
        let name = Array(service.name.utf8)
        let instance = unsafe name.withPluginBytes { name in
            unsafe restored.withPluginBytes { restored in
                var setup = unsafe pb_setup()
                unsafe setup.size = UInt32(MemoryLayout<pb_setup>.size)
                unsafe setup.start = start.rawValue
                unsafe setup.service = name
                unsafe setup.restored = restored
                unsafe setup.restored_version = version
                unsafe setup.is_exposed = service.isExposed ? 1 : 0
                return unsafe plugin.table.pointee.create(table, &setup)
            }
        }
        guard let instance = unsafe instance else {
            return refusal ?? "it gave no reason (create answered NULL)"
        }
        unsafe self.instance = instance
        endpoints = service.bindings.map { binding in
            ledger.endpoint(named: Array((binding.endpoint ?? "").utf8)) ?? ledger.endpoints[0]
        }
        return nil
    }

    /// The endpoint of a binding that was named in plugins.conf and that the plugin does not have.
    var missingEndpoint: String? {
        service.bindings.lazy.compactMap(\.endpoint).first {
            self.ledger.endpoint(named: Array($0.utf8)) == nil
        }
    }

    /// What the instance wants its successor to know. Nil: it could not say.
    func save() -> [UInt8]? {
        guard let save = unsafe plugin.table.pointee.save else { return [] }
        var state = unsafe pb_bytes(data: nil, count: 0)
        guard unsafe save(instance, &state) == PB_OK.rawValue else { return nil }
        return unsafe state.array
    }

    /// The last call. Whatever the plugin forgot to end is gone with its ledger.
    func destroy() {
        phase = .retired
        service.forgetJobs(of: self)
        statements?.end()
        if let instance = unsafe instance { unsafe plugin.table.pointee.destroy(instance) }
        unsafe instance = nil
        ledger = Ledger()
        endpoints = []
        // A plugin that kept its host table may call it for ever; the answer is PB_DENIED, not a crash.
        _ = unsafe Unmanaged.passRetained(self)
    }

    /// Copies bytes to where the plugin may read them until its next call.
    func lend(_ bytes: [UInt8]) -> pb_bytes {
        if unsafe (lent?.count ?? 0) < bytes.count {
            unsafe lent?.deallocate()
            unsafe lent = .allocate(capacity: max(256, bytes.count))
        }
        guard let lent = unsafe lent else { return unsafe pb_bytes(data: nil, count: 0) }
        _ = unsafe lent.update(fromContentsOf: bytes)
        return unsafe pb_bytes(data: lent.baseAddress, count: bytes.count)
    }
}
