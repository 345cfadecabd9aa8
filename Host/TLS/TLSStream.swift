import COpenSSL

/// One side of one connection: sealed bytes in, plain bytes out, and back. Neither sockets nor buffers: OpenSSL
/// reads from the bytes given and appends to the array given, both during the call only.
///
/// Used by one thread at a time. `TLSSession` is the server's side, `TLSClientSession` the client's.
@safe
package class TLSStream {
    package enum Outcome: Equatable {
        /// More is to come.
        case goesOn
        /// The other side will send nothing more (close_notify). It may still be sent to.
        case closed
        /// It is over. The alert for the other side, where there is one, was appended to `sealed`.
        case failed(TLSFailure)
    }

    private enum State: Equatable {
        case handshaking, established
        case over(Outcome)
    }

    /// How many records in a row may bring no data, such as those of the handshake, or new keys.
    package static let recordsWithoutData = 100
    /// OpenSSL's `SSL`, of which this is the owner.
    package let handle: OpaquePointer
    private var state = State.handshaking
    private var isClosing = false
    private var hasRenegotiated = false
    private var emptyRecords: UInt8 = 0
    private var hello = HelloReader()

    // What OpenSSL reads from and appends to, during a call.
    private var input: UnsafePointer<UInt8>?
    private var inputCount = 0
    private var output: UnsafeMutablePointer<[UInt8]>?

    /// Takes `handle` over.
    init(owning handle: OpaquePointer) {
        unsafe self.handle = unsafe handle
        guard let reader = unsafe BIO_new(StreamBIO.method) else { fatalError("OpenSSL has no memory") }
        unsafe BIO_set_data(reader, Unmanaged.passUnretained(self).toOpaque())
        unsafe SSL_set_bio(handle, reader, reader)
        unsafe SSL_set_ex_data(handle, 0, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        // What ends without a close_notify would else not be resumed.
        unsafe SSL_set_shutdown(handle, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        unsafe SSL_free(handle)
    }

    /// What every context wants that streams are made of.
    static func setUp(_ context: OpaquePointer) {
        // What is sent is the chain in the file, not one that OpenSSL finds among the clients' authorities.
        unsafe SSL_CTX_set_mode(context, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_NO_AUTO_CHAIN))
        unsafe SSL_CTX_set_options(context, OP_NO_COMPRESSION)
        unsafe SSL_CTX_set_msg_callback(context) { isWritten, _, type, bytes, count, handle, _ in
            guard let handle = unsafe handle, let stream = unsafe TLSStream.stream(of: handle) else { return }
            let content = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            unsafe stream.note(type, content, isWritten: isWritten == 1)
        }
    }

    /// The stream that an `SSL` belongs to.
    static func stream(of handle: OpaquePointer) -> TLSStream? {
        unsafe SSL_get_ex_data(handle, 0).map {
            unsafe Unmanaged<TLSStream>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// Whether the handshake is done and nothing has failed.
    package var isEstablished: Bool { state == .established || state == .over(.closed) }

    /// Whether the other side has said that it will send nothing more (close_notify).
    package var isClosed: Bool { state == .over(.closed) }

    /// The version agreed upon; nil before.
    package var version: TLSVersion? {
        isEstablished ? TLSVersion(rawValue: unsafe SSL_version(handle)) : nil
    }

    /// The cipher agreed upon, such as `TLS_AES_128_GCM_SHA256`; nil before.
    package var cipher: String? {
        guard isEstablished, let cipher = unsafe SSL_get_current_cipher(handle) else { return nil }
        return unsafe String(cString: SSL_CIPHER_get_name(cipher))
    }

    /// Whether the session goes on from an earlier one by a ticket.
    package var isResumed: Bool { unsafe SSL_session_reused(handle) == 1 }

    // MARK: - Bytes

    /// Takes what the other side sent.
    ///
    /// - Parameters:
    ///   - bytes: any piece of the stream; all of it is used.
    ///   - plain: what was in it is appended.
    ///   - sealed: what has to be sent for it is appended.
    package func receive(_ bytes: Span<UInt8>, plain: inout [UInt8], sealed: inout [UInt8]) -> Outcome {
        if case .over(let outcome) = state { return outcome }
        if state == .handshaking, let failure = inspect(bytes) { return end(.failed(failure)) }
        return unsafe bytes.withUnsafeBufferPointer { source in
            unsafe input = source.baseAddress
            inputCount = source.count
            defer { unsafe input = nil }
            return appending(to: &sealed) { open(into: &plain) }
        }
    }

    /// Seals `bytes`, in records of at most 16 KiB. Only where `isEstablished`.
    package func send(_ bytes: Span<UInt8>, sealed: inout [UInt8]) -> Outcome {
        if case .over(.failed(let failure)) = state { return .failed(failure) }
        precondition(state != .handshaking, "data before the end of the handshake")
        guard !bytes.isEmpty, !isClosing else { return .goesOn }
        return unsafe bytes.withUnsafeBufferPointer { source in
            appending(to: &sealed) {
                var written = 0
                let result = unsafe SSL_write_ex(handle, source.baseAddress, source.count, &written)
                guard result != 1 else { return .goesOn }
                let outcome = failure(result)
                // In the middle of a message that changes keys nothing can be sent; nobody honest stops there.
                return outcome == .goesOn ? end(.failed(.protocolError)) : outcome
            }
        }
    }

    /// Says that nothing more will be sent (close_notify), once. Before the handshake's end there is nobody to
    /// say it to, and nothing is appended.
    package func close(sealed: inout [UInt8]) {
        guard !isClosing, isEstablished else { return }
        isClosing = true
        appending(to: &sealed) { _ = unsafe SSL_shutdown(handle) }
    }

    /// Begins the handshake where that is ours to do.
    func begin(sealed: inout [UInt8]) -> Outcome {
        appending(to: &sealed) { shakeHands() ?? .goesOn }
    }

    private func appending<Result>(to sealed: inout [UInt8], _ body: () -> Result) -> Result {
        unsafe withUnsafeMutablePointer(to: &sealed) { target in
            unsafe output = target
            defer { unsafe output = nil }
            ERR_clear_error()
            return body()
        }
    }

    /// The handshake, then every record.
    private func open(into plain: inout [UInt8]) -> Outcome {
        if state == .handshaking, let outcome = shakeHands() { return outcome }
        while unsafe inputCount > 0 || SSL_has_pending(handle) == 1 {
            var result: Int32 = 0
            plain.append(addingCapacity: Self.recordSize) { room in
                unsafe room.withUnsafeMutableBufferPointer { buffer, filled in
                    var count = 0
                    result = unsafe SSL_read_ex(handle, buffer.baseAddress, buffer.count, &count)
                    filled = result == 1 ? count : 0
                }
            }
            if hasRenegotiated { return abort(.renegotiation) }
            guard result == 1 else { return failure(result) }
            emptyRecords = 0
        }
        return .goesOn
    }

    /// The most that a record holds. RFC 8446 §5.1.
    private static let recordSize = 16 << 10

    /// Nil when the handshake is done.
    private func shakeHands() -> Outcome? {
        let result = unsafe SSL_do_handshake(handle)
        guard result == 1 else { return failure(result) }
        state = .established
        emptyRecords = 0
        return nil
    }

    /// What a call that gave no bytes means.
    private func failure(_ result: Int32) -> Outcome {
        switch unsafe SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ: return .goesOn
        case SSL_ERROR_ZERO_RETURN:
            state = .over(.closed)
            return .closed
        case SSL_ERROR_SSL:
            defer { ERR_clear_error() }
            return end(.failed(hasTooManyEmptyRecords ? .flood : OpenSSLReason.last.failure))
        default: return hasTooManyEmptyRecords ? abort(.flood) : end(.failed(.internal))
        }
    }

    /// Ends what OpenSSL would go on with.
    private func abort(_ failure: TLSFailure) -> Outcome {
        if unsafe SSL_is_init_finished(handle) == 1 { _ = unsafe SSL_shutdown(handle) }
        ERR_clear_error()
        return end(.failed(failure))
    }

    private func end(_ outcome: Outcome) -> Outcome {
        state = .over(outcome)
        return outcome
    }

    // MARK: - Limits

    private func inspect(_ bytes: Span<UInt8>) -> TLSFailure? {
        for place in bytes.indices {
            guard !hello.isDone else { return nil }
            if let failure = hello.read(bytes[place]) { return failure }
        }
        return nil
    }

    private var hasTooManyEmptyRecords: Bool { emptyRecords > Self.recordsWithoutData }

    private func note(_ type: Int32, _ content: UnsafeRawBufferPointer, isWritten: Bool) {
        switch (type, isWritten) {
        case (SSL3_RT_HEADER, false): if !hasTooManyEmptyRecords { emptyRecords += 1 }
        case (SSL3_RT_ALERT, true):
            if unsafe content.last == UInt8(SSL_AD_NO_RENEGOTIATION) { hasRenegotiated = true }
        default: break
        }
    }

    // MARK: - What OpenSSL calls

    /// The next bytes of the input; nil when it is to give up.
    fileprivate func read(into target: UnsafeMutablePointer<CChar>, _ room: Int) -> Int? {
        guard !hasTooManyEmptyRecords, !hasRenegotiated else { return nil }
        guard let source = unsafe input, inputCount > 0 else { return 0 }
        let count = min(room, inputCount)
        unsafe UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count)
        unsafe input = source + count
        inputCount -= count
        return count
    }

    fileprivate func write(_ source: UnsafeBufferPointer<UInt8>) {
        unsafe output?.pointee.append(contentsOf: source)
    }
}

/// How OpenSSL reads from and writes to a stream.
private enum StreamBIO {
    nonisolated(unsafe) static let method: OpaquePointer = {
        guard let method = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "patchbay") else {
            fatalError("OpenSSL has no memory")
        }
        unsafe BIO_meth_set_create(method) { bio in
            unsafe BIO_set_init(bio, 1)
            return 1
        }
        unsafe BIO_meth_set_read(method) { bio, target, room in
            unsafe BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
            guard let target = unsafe target, let stream = unsafe stream(of: bio) else { return -1 }
            guard let count = unsafe stream.read(into: target, Int(room)) else { return -1 }
            if count == 0 { unsafe BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY) }
            return count == 0 ? -1 : Int32(count)
        }
        unsafe BIO_meth_set_write(method) { bio, source, count in
            guard let source = unsafe source, let stream = unsafe stream(of: bio) else { return -1 }
            let bytes = unsafe UnsafeRawBufferPointer(start: source, count: Int(count))
            unsafe stream.write(bytes.bindMemory(to: UInt8.self))
            return count
        }
        unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return unsafe method
    }()

    private static func stream(of bio: OpaquePointer?) -> TLSStream? {
        unsafe BIO_get_data(bio).map { unsafe Unmanaged<TLSStream>.fromOpaque($0).takeUnretainedValue() }
    }
}
