import Glibc

/// A socket that peers connect to; closed by `close`.
package struct ListeningSocket: Sendable {
    package let descriptor: Int32
    /// Where it listens; the port is the one that the system chose when 0 was asked for.
    package let address: SocketAddress

    /// Binds and listens. A port that another process uses is an error even if that one would share it.
    package init(_ address: SocketAddress, backlog: Int32 = 4096) throws(SystemError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SystemError(call: .socket, code: errno) }
        do throws(SystemError) {
            try ListeningSocket.prepare(descriptor, address, backlog)
        } catch {
            System.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.address = ListeningSocket.name(of: descriptor) ?? address
    }

    private static func prepare(_ descriptor: Int32, _ address: SocketAddress, _ backlog: Int32)
        throws(SystemError)
    {
        if case .unix = address.host {} else { try setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) }
        if case .v6 = address.host { try setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        if case .unix(let path) = address.host, path.utf8.count > SocketAddress.longestPath {
            throw SystemError(call: .bind, code: ENAMETOOLONG)
        }
        let isBound = unsafe address.withSockaddr { pointer, length in
            unsafe bind(descriptor, pointer, length) == 0
        }
        guard isBound else { throw SystemError(call: .bind, code: errno) }
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

    package func close() { System.close(descriptor) }
}

extension ListeningSocket {
    /// Closes a connection that was accepted and that nobody takes in.
    package static func refuse(_ descriptor: Int32) { System.close(descriptor) }
}
