import PatchbayABI

/// What one registration leads to. The host holds its address, the instance keeps it alive.
///
/// C function pointers can neither be generic nor capture, so each of them calls a method of this class, and
/// generic subclasses know the service.
class Handler {
    func message(_ from: Connection, _ message: UnsafePointer<pb_message>) {}
    func refused(_ from: Connection, _ message: UnsafePointer<pb_message>, _ refusal: UInt32) {}
    func upgrade(_ who: Connection, _ request: UnsafePointer<pb_request>) {}
    func opened(_ who: Connection) {}
    func closed(_ who: Connection, _ code: UInt32, _ reason: pb_bytes) {}
    func request(_ request: UnsafePointer<pb_request>) {}
    func timer(_ key: pb_bytes) {}
    func lost(_ who: Connection, _ name: pb_bytes) {}
    func granted(_ who: Connection, _ name: pb_bytes) {}
    func command(_ call: UnsafePointer<pb_call>) {}

    /// The address that the host is given.
    var address: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    @inline(__always)
    static func at(_ address: UnsafeMutableRawPointer?) -> Handler? {
        guard let address = unsafe address else { return nil }
        return unsafe Unmanaged<Handler>.fromOpaque(address).takeUnretainedValue()
    }
}

/// The C functions that the host calls; each finds its handler behind `self`.
enum Entry {
    static let message: pb_on_message = { address, from, message in
        guard let message = unsafe message else { return }
        unsafe Handler.at(address)?.message(Connection(from), message)
    }
    static let refused: pb_on_refused = { address, from, message, refusal in
        guard let message = unsafe message else { return }
        unsafe Handler.at(address)?.refused(Connection(from), message, refusal)
    }
    static let upgrade: pb_on_auth = { address, who, request in
        guard let request = unsafe request else { return }
        unsafe Handler.at(address)?.upgrade(Connection(who), request)
    }
    static let opened: pb_on_open = { address, who in
        unsafe Handler.at(address)?.opened(Connection(who))
    }
    static let closed: pb_on_close = { address, who, code, reason in
        unsafe Handler.at(address)?.closed(Connection(who), code, reason)
    }
    static let request: pb_on_request = { address, request in
        guard let request = unsafe request else { return }
        unsafe Handler.at(address)?.request(request)
    }
    static let timer: pb_on_timer = { address, key in
        unsafe Handler.at(address)?.timer(key)
    }
    static let lost: pb_on_claim = { address, who, name in
        unsafe Handler.at(address)?.lost(Connection(who), name)
    }
    static let granted: pb_on_claim = { address, who, name in
        unsafe Handler.at(address)?.granted(Connection(who), name)
    }
    static let command: pb_on_command = { address, call in
        guard let call = unsafe call else { return }
        unsafe Handler.at(address)?.command(call)
    }
}
