import CLinux
import Glibc

/// A system call that failed: which one, and its errno.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package enum Call: String, Sendable {
        case accept, bind, chmod, connect, epollControl = "epoll_ctl", epollCreate = "epoll_create1", eventfd,
            listen
        case open, pthreadCreate = "pthread_create", receive = "recv", send, setOption = "setsockopt", socket,
            write
    }

    package let call: Call
    package let code: Int32

    package init(call: Call, code: Int32) {
        self.call = call
        self.code = code
    }

    /// `bind: Address already in use`
    package var description: String { "\(call.rawValue): \(SystemError.text(code))" }

    /// What the C library says about an errno.
    package static func text(_ code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}

/// What a read brought. Blocked and ended are ordinary answers.
enum ReadOutcome: Equatable { case bytes(Int), wouldBlock, endOfStream }

/// The door to the kernel: thin, and nothing else. Interrupted calls are repeated.
package enum System {
    static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError)
        -> ReadOutcome
    {
        switch try restarting(.receive, { unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0) }) {
        case nil: .wouldBlock
        case 0: .endOfStream
        case let count?: .bytes(count)
        }
    }

    /// Bytes taken by the kernel; nil when it takes none now.
    static func send(_ descriptor: Int32, _ vectors: UnsafeMutableBufferPointer<iovec>) throws(SystemError)
        -> Int?
    {
        if vectors.count == 1 {
            let vector = unsafe vectors[0]
            return try restarting(.send) {
                unsafe Glibc.send(descriptor, vector.iov_base, vector.iov_len, Int32(MSG_NOSIGNAL))
            }
        }
        var message = unsafe msghdr()
        unsafe message.msg_iov = vectors.baseAddress
        unsafe message.msg_iovlen = vectors.count
        return try restarting(.send) { unsafe sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL)) }
    }

    /// Writes all of it; waits where the descriptor waits.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = try restarting(.write) {
                unsafe bytes.withUnsafeBytes { buffer in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                    return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                }
            }
            guard let count else { throw SystemError(call: .write, code: EAGAIN) }
            done += count
        }
    }

    /// A connection's descriptor; nil when none waits.
    static func accept(_ listener: Int32, peer: inout SocketAddress) throws(SystemError) -> Int32? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = try restarting(.accept) {
            unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    Int(unsafe accept4(listener, address, &length, flags))
                }
            }
        }
        guard let descriptor else { return nil }
        peer = SocketAddress(storage)
        return Int32(descriptor)
    }

    static func close(_ descriptor: Int32) {
        // Linux frees the descriptor whatever close answers, so there is nothing to repeat.
        _ = Glibc.close(descriptor)
    }

    /// Repeats a call that a signal interrupted. Nil: it would block.
    static func restarting(_ call: SystemError.Call, _ body: () -> Int) throws(SystemError) -> Int? {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno == EAGAIN { return nil }
            guard errno == EINTR else { throw SystemError(call: call, code: errno) }
        }
    }
}
