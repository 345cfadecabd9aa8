import Glibc

/// A socket that peers connect to; closed by `close`.
package struct ListeningSocket: Sendable {
    package let descriptor: Int32
    /// Where it listens; the port is the one that the system chose when 0 was asked for.
    package let address: SocketAddress
    /// Of a Unix socket: what `close` removes.
    private let file: SocketFile?

    /// Binds and listens. A port that another process uses is an error even if that one would share it; the file
    /// of a Unix socket on which nobody listens any more is replaced.
    ///
    /// - Parameter mode: the permissions of a Unix socket's file; nil: as the process's mask has them.
    package init(_ address: SocketAddress, mode: UInt32? = nil, backlog: Int32 = 4096) throws(SystemError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SystemError(call: .socket, code: errno) }
        do throws(SystemError) {
            file = try ListeningSocket.prepare(descriptor, address, mode, backlog)
        } catch {
            System.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.address = ListeningSocket.name(of: descriptor) ?? address
    }

    private static func prepare(
        _ descriptor: Int32,
        _ address: SocketAddress,
        _ mode: UInt32?,
        _ backlog: Int32
    ) throws(SystemError) -> SocketFile? {
        if case .unix(let path) = address.host {
            return try prepare(descriptor, address, path, mode, backlog)
        }
        try setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if case .v6 = address.host { try setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        try bind(descriptor, address)
        try listen(descriptor, backlog)
        return nil
    }

    /// At a path: what fails after the file is there takes it away again.
    private static func prepare(
        _ descriptor: Int32,
        _ address: SocketAddress,
        _ path: String,
        _ mode: UInt32?,
        _ backlog: Int32
    ) throws(SystemError) -> SocketFile? {
        guard path.utf8.count <= SocketAddress.longestPath else {
            throw SystemError(call: .bind, code: ENAMETOOLONG)
        }
        do throws(SystemError) {
            try bind(descriptor, address)
        } catch {
            guard error.code == EADDRINUSE, try SocketFile.isLeft(at: address, path) else { throw error }
            _ = unsafe unlink(path)
            try bind(descriptor, address)
        }
        let file = SocketFile(path)
        do throws(SystemError) {
            // Nobody can connect before it listens, so nobody comes in by other permissions than these.
            if let mode, unsafe chmod(path, mode_t(mode)) != 0 {
                throw SystemError(call: .chmod, code: errno)
            }
            try listen(descriptor, backlog)
        } catch {
            file?.remove()
            throw error
        }
        return file
    }

    private static func bind(_ descriptor: Int32, _ address: SocketAddress) throws(SystemError) {
        let isBound = unsafe address.withSockaddr { pointer, length in
            unsafe Glibc.bind(descriptor, pointer, length) == 0
        }
        guard isBound else { throw SystemError(call: .bind, code: errno) }
    }

    private static func listen(_ descriptor: Int32, _ backlog: Int32) throws(SystemError) {
        guard Glibc.listen(descriptor, backlog) == 0 else { throw SystemError(call: .listen, code: errno) }
    }

    private static func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32)
        throws(SystemError)
    {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(descriptor, level, option, &value, size) == 0 else {
            throw SystemError(call: .setOption, code: errno)
        }
    }

    private static func name(of descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe getsockname(descriptor, address, &length) == 0
            }
        }
        let address = SocketAddress(storage)
        if case .unix = address.host { return nil }
        return isKnown ? address : nil
    }

    /// Ends it; the file of a Unix socket goes with it, unless it is somebody else's by now.
    package func close() {
        file?.remove()
        System.close(descriptor)
    }
}

extension ListeningSocket {
    /// Closes a connection that was accepted and that nobody takes in.
    package static func refuse(_ descriptor: Int32) { System.close(descriptor) }
}
