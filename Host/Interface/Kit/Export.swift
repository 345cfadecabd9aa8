public import PatchbayABI
import Synchronization

/// A plugin's entry: the table that its only export, `patchbay_plugin`, answers.
public enum Export {
    /// The plugin's table; the same each time, and valid for ever.
    ///
    ///     @c @implementation
    ///     public func patchbay_plugin() -> UnsafePointer<pb_plugin>! { unsafe Export.table(TallyService.self) }
    public static func table<S: Service>(_ service: S.Type) -> UnsafePointer<pb_plugin> {
        unsafe exported.withLock { exported in
            if unsafe exported?.factory is ServiceFactory<S>, let table = unsafe exported?.table {
                return unsafe table
            }
            let table = unsafe Table.make(S.manifest)
            unsafe exported = Exported(factory: ServiceFactory<S>(), table: table)
            return unsafe table
        }
    }
}

/// Makes services of a type that C does not know.
class Factory {
    func create(_ host: Host, _ setup: pb_setup) throws(ServiceError) -> Instance {
        throw ServiceError("this plugin exports no service")
    }
}

/// Makes services of one type.
final class ServiceFactory<S: Service>: Factory {
    override func create(_ host: Host, _ setup: pb_setup) throws(ServiceError) -> Instance {
        try unsafe ServiceInstance<S>(host, setup)
    }
}

/// What this plugin exports. `create` is told neither the plugin nor a type, so it is remembered here; every
/// plugin holds its own copy of this module.
@unsafe struct Exported: @unchecked Sendable {
    let factory: Factory
    let table: UnsafePointer<pb_plugin>
}

private let exported = unsafe Mutex<Exported?>(nil)

extension pb_setup {
    /// What an older host did not know yet is 0.
    fileprivate init(of given: UnsafePointer<pb_setup>) {
        unsafe self.init()
        let count = unsafe min(Int(given.pointee.size), MemoryLayout<pb_setup>.size)
        unsafe withUnsafeMutableBytes(of: &self) { target in
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: given, count: count))
        }
    }
}

/// The C side of a service's life.
enum Life {
    static let create:
        @convention(c) (UnsafePointer<pb_host>?, UnsafePointer<pb_setup>?) -> UnsafeMutableRawPointer? = {
            table,
            setup in
            guard let table = unsafe table, let setup = unsafe setup.map({ unsafe pb_setup(of: $0) }) else {
                return nil
            }
            let host = unsafe Host(table)
            let factory = unsafe exported.withLock { unsafe $0?.factory }
            do throws(ServiceError) {
                guard let instance = try unsafe factory?.create(host, setup) else { return nil }
                return unsafe Unmanaged.passRetained(instance).toOpaque()
            } catch {
                unsafe error.description.lend { _ = unsafe table.pointee.refuse(host.context, $0) }
                return nil
            }
        }

    static let save: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<pb_bytes>?) -> Int32 = {
        service,
        state in
        guard let instance = unsafe Instance.at(service) else { return PB_INVALID.rawValue }
        unsafe state?.pointee = instance.save()
        return PB_OK.rawValue
    }

    static let destroy: @convention(c) (UnsafeMutableRawPointer?) -> Void = { service in
        guard let service = unsafe service else { return }
        unsafe Unmanaged<Instance>.fromOpaque(service).release()
    }
}
