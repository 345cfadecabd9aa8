/// A plugin's life: created from its setup, told of messages by the handlers it registered, saved, destroyed.
///
/// A service is serial: its `init`, handlers and `save` never run at the same time. It is freed when its
/// generation ends, unless something of its own keeps it.
public protocol Service: AnyObject {
    /// What the plugin is; asked once.
    static var manifest: Manifest { get }

    /// Registers handlers and restores what `save` of the generation before gave.
    ///
    /// - Throws: why there can be no service, as a sentence for the operator.
    init(_ setup: Setup<Self>) throws(ServiceError)

    /// What the next generation gets as `setup.restored`; empty by default.
    func save() -> [UInt8]
}

extension Service {
    /// Nothing.
    public func save() -> [UInt8] { [] }
}

/// Why a service cannot be created: one sentence for the operator.
public struct ServiceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    /// An error with its sentence.
    public init(_ description: String) {
        self.description = description
    }

    /// The store's own sentence.
    public init(_ error: StoreError) {
        description = error.description
    }
}
