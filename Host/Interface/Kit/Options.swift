import PatchbayABI

/// The options of the service as the host checked them, defaults filled in.
///
/// Asking for one that the manifest does not name is the plugin's own mistake: the service is then refused.
public struct Options {
    private let host: Host
    private let names: [String]
    private let failures: Failures

    init(_ host: Host, _ options: [Option], _ failures: Failures) {
        self.host = host
        names = options.map(\.name)
        self.failures = failures
    }

    /// Whether the operator gave it, or it has a default.
    public func isGiven(_ name: String) -> Bool {
        unsafe read(name) { unsafe $0.type != PB_NULL.rawValue }
    }

    /// A text, or the choice made; empty when it was not given and has no default.
    public func text(_ name: String) -> String {
        unsafe read(name) { unsafe $0.bytes.string }
    }

    /// A whole number.
    public func integer(_ name: String) -> Int64 {
        unsafe read(name) { unsafe $0.integer }
    }

    /// On or off; off when it was not given and has no default.
    public func boolean(_ name: String) -> Bool {
        integer(name) != 0
    }

    /// A time in milliseconds.
    public func milliseconds(_ name: String) -> Int64 {
        integer(name)
    }

    /// A size in bytes.
    public func size(_ name: String) -> Int64 {
        integer(name)
    }

    private func read<Result>(_ name: String, _ body: (pb_value) -> Result) -> Result {
        var value = unsafe pb_value()
        let status = unsafe name.lend { Status(unsafe host.table.pointee.option(host.context, $0, &value)) }
        // The host knows nothing of an option that has no default and was not given.
        if !names.contains(name) { failures.note(status, "option \"\(name)\"") }
        return unsafe body(value)
    }
}

/// The first thing that went wrong while a service was set up.
final class Failures {
    private(set) var first: ServiceError?

    func note(_ status: Status, _ what: @autoclosure () -> String) {
        guard status != .done, first == nil else { return }
        first = ServiceError("the host refused \(what()) (\(status)); mend the plugin's setup")
    }
}
