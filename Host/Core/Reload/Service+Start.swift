import Glibc
import Net
import PatchbayABI
import Store
import Synchronization

// A service's first generation, and the change to the next.
extension Service {
    /// Checks the options, opens the store, and creates the first instance. On the main thread, before there
    /// are others.
    func start(_ library: PluginLibrary, state: String) throws(StartError) {
        let options = try checkedOptions(library)
        if !library.table.migrations.isEmpty {
            try StartError.wrapping(name) { () throws(StoreError) in
                let database = try Database(path: "\(state)/\(name).sqlite")
                self.database = database
                try database.migrate(library.table.migrations)
            }
        }
        do throws(CallError) {
            try createOnLane(library, options, start: PB_START)
        } catch {
            database?.close()
            throw StartError(["service \(name): \(error)"])
        }
    }

    /// Loads the plugin's file, or another. [any thread]
    package func load(path: String?) throws(StartError) -> PluginLibrary {
        do throws(PluginError) {
            let path = if let path { path } else { try files.path(of: configuration.plugin) }
            return try files.load(path, service: name, generation: loadNumber())
        } catch {
            throw StartError(["service \(name): \(error)"])
        }
    }

    private func loadNumber() -> Int { loads.add(1, ordering: .relaxed).newValue }

    /// The options as given, checked against the plugin's table.
    func checkedOptions(_ library: PluginLibrary) throws(StartError) -> OptionValues {
        let (values, errors) = OptionValues.check(
            schema: library.table.options,
            given: configuration.options,
            plugin: library.table.name,
            at: configuration.position
        )
        guard errors.isEmpty else { throw StartError(errors.map(\.description)) }
        return values
    }

    private func createOnLane(_ library: PluginLibrary, _ options: OptionValues, start: pb_start)
        throws(CallError)
    {
        var result = Result<Void, CallError>.success(())
        lane.handleDirectly { service in
            result = Result { () throws(CallError) in
                _ = try service.create(library, options, start: start, restored: [], version: 0)
            }
        }
        try result.get()
    }

    /// Makes a generation and puts it in force, or leaves everything as it was. On the lane, between batches.
    func create(
        _ library: PluginLibrary,
        _ options: OptionValues,
        start: pb_start,
        restored: [UInt8],
        version: UInt32
    ) throws(CallError) {
        isHolding = true
        defer { isHolding = false }
        let next = Generation(
            number: generationNumber + 1,
            library: library,
            service: self,
            options: options
        )
        next.statements = database.map { StatementAccess($0) }
        let refusal =
            next.create(start: start, restored: restored, version: version) ?? next.missingEndpointSentence
            ?? framingSentence(of: next) ?? requestSentence(of: next)
        if let refusal = refusal ?? commit() {
            takeBack()
            next.destroy()
            throw CallError("the plugin refused: \(refusal)")
        }
        install(next)
    }

    /// Nil: done; otherwise why not.
    func commit() -> String? {
        do throws(StoreError) {
            try database?.commitBatch()
            return nil
        } catch {
            return error.description
        }
    }

    private func install(_ next: Generation) {
        let interrupted = self.interrupted
        generation?.destroy()
        if generation != nil { previousGenerations += 1 }
        generation = next
        generationNumber = next.number
        setTraits(from: next)
        next.phase = .running
        undo.removeAll()
        settleClaimKinds(of: next)
        for (key, id) in timerIds where next.ledger.timers[key.name] == nil {
            timers.cancel(id)
            timerIds[key] = nil
        }
        deliver()
        checkAgain()
        handOn(interrupted)
    }

    // MARK: Reload

    /// Replaces the running generation by one of `library`. On the lane, between two messages. A failure leaves
    /// the old one exactly as it was, running.
    func reload(_ library: PluginLibrary) throws(CallError) {
        // What waits is of messages that were handled before; a refused generation must not take it along.
        deliver()
        if let running = generation?.plugin.name, running != library.table.name {
            throw CallError("the file is plugin \(library.table.name), and the service runs \(running)")
        }
        let options: OptionValues
        do throws(StartError) {
            options = try checkedOptions(library)
        } catch {
            throw CallError(error.description)
        }
        var restored: [UInt8] = []
        var version: UInt32 = 0
        if let generation {
            guard let saved = generation.save() else {
                throw CallError("the running generation could not save its state; it goes on running")
            }
            restored = saved
            version = generation.plugin.stateVersion
            try settleSaving()
        }
        try prepareStore(library, options, restored, version)
        try create(library, options, start: PB_RELOAD, restored: restored, version: version)
        showUpgradesAgain()
    }

    /// Puts in force what the running generation stored and said while it saved: it is not the next one's to lose.
    private func settleSaving() throws(CallError) {
        if let refusal = commit() {
            takeBack()
            throw CallError("the running generation could not store its state: \(refusal)")
        }
        undo.removeAll()
        deliver()
    }

    /// Brings the tables to what the new generation wants. Where that changes them, the whole change is tried on
    /// a copy first, for there is no way back to the old tables.
    private func prepareStore(
        _ library: PluginLibrary,
        _ options: OptionValues,
        _ restored: [UInt8],
        _ version: UInt32
    ) throws(CallError) {
        guard let database else {
            guard library.table.migrations.isEmpty else {
                throw CallError(
                    "it has a store and the running generation has none; restart the server for that"
                )
            }
            return
        }
        let copy = "\(database.path).rehearsal"
        var refusal: String?
        do throws(StoreError) {
            guard try database.pendingMigrations(library.table.migrations) != nil else { return }
            Service.removeDatabase(copy)
            defer { Service.removeDatabase(copy) }
            try database.backup(to: copy)
            let rehearsal = try Database(path: copy)
            defer { rehearsal.close() }
            try rehearsal.migrate(library.table.migrations)
            refusal = rehearse(library, options, restored, version, on: rehearsal)
            if refusal == nil { try database.migrate(library.table.migrations) }
        } catch {
            throw CallError(error.description)
        }
        if let refusal { throw CallError("it refused a migrated copy of the store: \(refusal)") }
    }

    private static func removeDatabase(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-lock"] { unsafe unlink(path + suffix) }
    }

    private func rehearse(
        _ library: PluginLibrary,
        _ options: OptionValues,
        _ restored: [UInt8],
        _ version: UInt32,
        on copy: Database
    ) -> String? {
        let live = database
        database = copy
        isHolding = true
        defer {
            takeBack()
            isHolding = false
            database = live
        }
        let trial = Generation(
            number: generationNumber + 1,
            library: library,
            service: self,
            options: options
        )
        trial.statements = StatementAccess(copy)
        let refusal =
            trial.create(start: PB_RELOAD, restored: restored, version: version)
            ?? trial.missingEndpointSentence
        trial.destroy()
        return refusal
    }
}

extension Generation {
    /// What is wrong when plugins.conf names an endpoint that the plugin does not have.
    fileprivate var missingEndpointSentence: String? {
        missingEndpoint.map { "plugin \(plugin.name) has no endpoint \"\($0)\"; it has \(endpointNames)" }
    }

    private var endpointNames: String {
        let names = ledger.endpoints.map(\.name).filter { !$0.isEmpty }
        guard !names.isEmpty else { return "the main one alone, which has no name" }
        return names.map { "\"\(String(decoding: $0, as: UTF8.self))\"" }.joined(separator: ", ")
    }
}
