import Glibc

/// A blocking socket to a port of this machine, with time limits.
final class PeerSocket: Sendable {
    let descriptor: Int32

    /// - Parameters:
    ///   - receiveBuffer: bytes that the system holds for us; small ones make a slow reader.
    ///   - host: comes from 127.0.0.`host`.
    init(port: UInt16, receiveBuffer: Int32? = nil, from host: UInt8 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Unexpected.failed("socket") }
        if var size = receiveBuffer {
            _ = unsafe setsockopt(
                descriptor,
                SOL_SOCKET,
                SO_RCVBUF,
                &size,
                socklen_t(MemoryLayout<Int32>.size)
            )
        }
        if host != 1 { PeerSocket.comeFrom(host, descriptor) }
        var address = PeerSocket.loopback(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size)
            }
        }
        // The descriptor is closed by deinit, here too.
        guard result == 0 else { throw Unexpected.failed("connect") }
    }

    /// To a Unix socket.
    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Unexpected.failed("socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            for (index, byte) in path.utf8.enumerated() where index < 107 { unsafe bytes[index] = byte }
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size)
            }
        }
        // The descriptor is closed by deinit, here too.
        guard result == 0 else { throw Unexpected.failed("connect") }
    }

    deinit { close(descriptor) }

    private static func loopback(_ port: UInt16, host: UInt8 = 1) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7f00_0000 | UInt32(host)).bigEndian
        return address
    }

    /// The port is chosen when it connects, so that as many peers as there are ports fit for each address.
    private static func comeFrom(_ host: UInt8, _ descriptor: Int32) {
        var isOn: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, &isOn, length)
        var address = loopback(0, host: host)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, size)
            }
        }
    }

    /// A port on which somebody listens, who is not the server.
    static func occupyPort() throws -> (socket: PeerSocket, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let occupant = PeerSocket(descriptor: descriptor)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, size) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard result else { throw Unexpected.failed("bind") }
        return (occupant, UInt16(bigEndian: address.sin_port))
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    // MARK: Bytes

    /// Sends everything. False: the peer takes no more, or has gone.
    @discardableResult
    func write(_ bytes: [UInt8], _ deadline: Deadline = Deadline()) -> Bool {
        var done = 0
        while done < bytes.count {
            guard deadline.wait(for: descriptor, POLLOUT) else { return false }
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    buffer.count - done,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                )
            }
            if count < 0, errno == EAGAIN { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// What comes next; nil when the peer has ended.
    func read(_ deadline: Deadline = Deadline()) throws -> [UInt8]? {
        guard deadline.wait(for: descriptor) else { throw Unexpected("the peer is silent") }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Everything until the peer ends.
    func readToEnd(_ deadline: Deadline = Deadline()) throws -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try read(deadline) { all += bytes }
        return all
    }

    /// Drops everything until the peer ends.
    func waitForEnd(_ deadline: Deadline = Deadline()) throws {
        var count: Int
        repeat {
            guard deadline.wait(for: descriptor) else { throw Unexpected("the peer does not end") }
            // The kernel drops what it would have copied.
            count = recv(descriptor, nil, 1 << 20, Int32(MSG_TRUNC))
        } while count > 0
    }

    /// Closes its side; what comes is still read.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// From now on closing sends a reset.
    func resetAtEnd() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_LINGER,
            &linger,
            socklen_t(MemoryLayout.size(ofValue: linger))
        )
    }
}
