import Glibc

/// A peer's TCP socket. Blocking, but for no longer than 10 seconds.
final class ClientSocket {
    enum Arrival {
        case bytes([UInt8])
        case end
        case silence  // for 10 seconds
    }

    private static let patience = 10  // seconds
    private var descriptor: Int32
    let listener: StageListener
    /// On this side.
    private(set) var port: UInt16 = 0
    /// Bytes that the kernel has taken, and given.
    private(set) var traffic = (sent: 0, received: 0)
    /// The server has been seen to have it.
    var wasAccepted = false
    /// Nothing more will be sent.
    private(set) var isShut = false

    /// Connects to a listener's port of this machine; nil: nobody listens there.
    init?(to listener: StageListener, port: UInt16) {
        self.listener = listener
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0, connect(port) else { return nil }
        self.port = findPort()
        var time = timeval(tv_sec: ClientSocket.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        var one: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, length)
    }

    deinit { close() }

    private func findPort() -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private func connect(_ port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, size) == 0
            }
        }
    }

    /// Sends everything, unless the server is gone.
    func send(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                return unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
            traffic.sent += count
        }
    }

    /// Whether anything has come that nobody has received yet: bytes, or the end.
    var hasArrivals: Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count >= 0 || errno != EAGAIN
    }

    /// What has come; nil: nothing.
    func receiveNow() -> Arrival? {
        let arrival = receive(flags: Int32(MSG_DONTWAIT))
        if case .silence = arrival { return nil }
        return arrival
    }

    /// What has come, or comes next.
    func receive() -> Arrival { receive(flags: 0) }

    private func receive(flags: Int32) -> Arrival {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress, buffer.count, flags)
            }
            if count > 0 {
                traffic.received += count
                return .bytes(Array(buffer[..<count]))
            }
            if count == 0 { return .end }
            guard errno == EINTR else { return errno == EAGAIN ? .silence : .end }
        }
    }

    /// Says that nothing more will be sent.
    func shut() {
        isShut = true
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }
}
