import PatchbayABI

/// One life of a service, as the host holds it.
class Instance {
    func save() -> pb_bytes { unsafe pb_bytes() }

    static func at(_ address: UnsafeMutableRawPointer?) -> Instance? {
        guard let address = unsafe address else { return nil }
        return unsafe Unmanaged<Instance>.fromOpaque(address).takeUnretainedValue()
    }
}

/// One life of a service of a known type, with its handlers.
final class ServiceInstance<S: Service>: Instance {
    let host: Host
    let failures = Failures()
    let hashes = PendingHashes()
    let fetches = PendingFetches()
    private(set) var service: S?
    private var handlers: [Handler] = []
    private var body: [UInt8] = []  // of the last message
    private var saved = OwnedBytes()

    /// A service, or why there is none.
    init(_ host: Host, _ setup: pb_setup) throws(ServiceError) {
        self.host = host
        super.init()
        let service = try S(unsafe Setup(self, setup))
        if let failure = failures.first { throw failure }
        self.service = service
    }

    // What waits for an answer knows the service, which knows what waits.
    deinit {
        hashes.end()
        fetches.end()
    }

    /// Keeps a handler alive for as long as the host may call it.
    func keep<H: Handler>(_ handler: H) -> H {
        handlers.append(handler)
        return handler
    }

    /// Endpoints whose messages of a type are JSON, as their grammar has been read.
    var jsonEndpoints: Set<String> = []

    /// The message in a buffer that is filled anew each time, unless somebody still holds the last one.
    ///
    /// - Parameter isJSON: the host has validated it.
    func read(_ message: UnsafePointer<pb_message>, isJSON: Bool = false) -> Message {
        let whole = unsafe message.pointee.body
        body.removeAll(keepingCapacity: true)
        unsafe body.append(contentsOf: whole.buffer)
        let isText = unsafe message.pointee.kind == PB_TEXT.rawValue
        let (type, payload) = unsafe (message.pointee.type, message.pointee.payload)
        if let typePart = unsafe Self.range(of: type, in: whole),
            let payloadPart = unsafe Self.range(of: payload, in: whole)
        {
            return Message(
                bytes: body,
                isText: isText,
                isValidated: isJSON,
                type: typePart,
                payload: payloadPart
            )
        }
        let apart = unsafe type.array + payload.array
        let end = unsafe type.count
        return Message(
            bytes: body,
            isText: isText,
            isValidated: isJSON,
            type: 0..<end,
            payload: end..<apart.count,
            apart: apart
        )
    }

    override func save() -> pb_bytes {
        guard let service else { return unsafe pb_bytes() }
        saved = OwnedBytes(service.save())
        return unsafe saved.bytes
    }

    /// Nil: it stands elsewhere.
    private static func range(of part: pb_bytes, in whole: pb_bytes) -> Range<Int>? {
        guard unsafe part.count > 0 else { return 0..<0 }
        guard let start = unsafe part.data, let origin = unsafe whole.data else { return nil }
        let offset = UInt(bitPattern: start) &- UInt(bitPattern: origin)
        guard unsafe offset <= whole.count, unsafe part.count <= whole.count - Int(offset) else { return nil }
        return unsafe Int(offset)..<Int(offset) + part.count
    }
}

/// Bytes at an address of their own, given to the host for longer than a call.
@safe final class OwnedBytes {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8] = []) {
        unsafe memory = .allocate(capacity: bytes.count)
        _ = unsafe memory.initialize(fromContentsOf: bytes)
    }

    deinit {
        unsafe memory.deallocate()
    }

    var bytes: pb_bytes {
        unsafe pb_bytes(data: UnsafePointer(memory.baseAddress), count: memory.count)
    }
}
