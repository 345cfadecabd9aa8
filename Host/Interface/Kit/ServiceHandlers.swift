import PatchbayABI

/// A message of one type, one that is malformed, or one of no known type.
final class MessageHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let isJSON: Bool
    private let body: (S, Message, Connection) -> Void

    /// - Parameter isJSON: the host hands it only what it has validated as JSON.
    init(
        _ instance: ServiceInstance<S>,
        isJSON: Bool = false,
        _ body: @escaping (S, Message, Connection) -> Void
    ) {
        self.instance = instance
        self.isJSON = isJSON
        self.body = body
    }

    override func message(_ from: Connection, _ message: UnsafePointer<pb_message>) {
        let instance = instance
        guard let service = instance.service else { return }
        body(service, unsafe instance.read(message, isJSON: isJSON), from)
    }
}

/// A message that the host did not hand over.
final class RefusalHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let body: (S, Message, Connection, Refusal) -> Void

    init(_ instance: ServiceInstance<S>, _ body: @escaping (S, Message, Connection, Refusal) -> Void) {
        self.instance = instance
        self.body = body
    }

    override func refused(_ from: Connection, _ message: UnsafePointer<pb_message>, _ refusal: UInt32) {
        guard let service = instance.service, let refusal = Refusal(rawValue: refusal) else { return }
        body(service, unsafe instance.read(message), from, refusal)
    }
}

/// A connection that is to open.
final class AuthHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let body: (S, Request, Connection) -> Void

    init(_ instance: ServiceInstance<S>, _ body: @escaping (S, Request, Connection) -> Void) {
        self.instance = instance
        self.body = body
    }

    override func upgrade(_ who: Connection, _ request: UnsafePointer<pb_request>) {
        guard let service = instance.service else { return }
        body(service, unsafe Request(instance.host, request.pointee), who)
    }
}

/// A connection that is open now.
final class OpenHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let body: (S, Connection) -> Void

    init(_ instance: ServiceInstance<S>, _ body: @escaping (S, Connection) -> Void) {
        self.instance = instance
        self.body = body
    }

    override func opened(_ who: Connection) {
        guard let service = instance.service else { return }
        body(service, who)
    }
}

/// A connection that has ended.
final class CloseHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let body: (S, Connection, Closing) -> Void

    init(_ instance: ServiceInstance<S>, _ body: @escaping (S, Connection, Closing) -> Void) {
        self.instance = instance
        self.body = body
    }

    override func closed(_ who: Connection, _ code: UInt32, _ reason: pb_bytes) {
        guard let service = instance.service else { return }
        body(service, who, unsafe Closing(code: code, reason: reason.array))
    }
}

/// A request over plain HTTP.
final class RequestHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let body: (S, Request) -> Void

    init(_ instance: ServiceInstance<S>, _ body: @escaping (S, Request) -> Void) {
        self.instance = instance
        self.body = body
    }

    override func request(_ request: UnsafePointer<pb_request>) {
        guard let service = instance.service else { return }
        body(service, unsafe Request(instance.host, request.pointee))
    }
}

/// A timer that fired.
final class TimerHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let body: (S, [UInt8]) -> Void

    init(_ instance: ServiceInstance<S>, _ body: @escaping (S, [UInt8]) -> Void) {
        self.instance = instance
        self.body = body
    }

    override func timer(_ key: pb_bytes) {
        guard let service = instance.service else { return }
        body(service, unsafe key.array)
    }
}

/// A name that was lost, or granted to one that waited.
final class ClaimHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let lost: ((S, Connection, [UInt8]) -> Void)?
    private let granted: ((S, Connection, [UInt8]) -> Void)?

    init(
        _ instance: ServiceInstance<S>,
        lost: ((S, Connection, [UInt8]) -> Void)?,
        granted: ((S, Connection, [UInt8]) -> Void)?
    ) {
        self.instance = instance
        self.lost = lost
        self.granted = granted
    }

    override func lost(_ who: Connection, _ name: pb_bytes) {
        guard let service = instance.service else { return }
        lost?(service, who, unsafe name.array)
    }

    override func granted(_ who: Connection, _ name: pb_bytes) {
        guard let service = instance.service else { return }
        granted?(service, who, unsafe name.array)
    }
}

/// An administration command.
final class CommandHandler<S: Service>: Handler {
    private unowned let instance: ServiceInstance<S>
    private let body: (S, Call) -> Void

    init(_ instance: ServiceInstance<S>, _ body: @escaping (S, Call) -> Void) {
        self.instance = instance
        self.body = body
    }

    override func command(_ call: UnsafePointer<pb_call>) {
        guard let service = instance.service else { return }
        body(service, unsafe Call(instance.host, call.pointee))
    }
}
