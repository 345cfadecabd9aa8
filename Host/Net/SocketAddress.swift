import Glibc

/// An address of a socket: IPv4, IPv6, or the path of a Unix socket.
package struct SocketAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
    package enum Host: Equatable, Hashable, Sendable {
        case v4(UInt32)  // host byte order
        case v6(high: UInt64, low: UInt64)  // host byte order
        case unix(String)
    }

    /// The most bytes of a path that the kernel takes; a zero follows them.
    static let longestPath = 107

    package let host: Host
    package let port: UInt16

    package init(host: Host, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// An address as 4 or 16 bytes in network order. Nil for another count.
    package init?(bytes: [UInt8], port: UInt16) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch bytes.count {
        case 4: self.init(host: .v4(UInt32(number(bytes[...]))), port: port)
        case 16: self.init(host: .v6(high: number(bytes[..<8]), low: number(bytes[8...])), port: port)
        default: return nil
        }
    }

    /// The host as 4 or 16 bytes in network order; nil for a Unix socket.
    package var bytes: [UInt8]? {
        switch host {
        case .v4(let address): [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address >> $0) }
        case .v6(let high, let low):
            [high, low].flatMap { half in
                stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
            }
        case .unix: nil
        }
    }

    init(_ storage: sockaddr_storage) {
        let family = Int32(storage.ss_family)
        self = unsafe withUnsafeBytes(of: storage) { bytes -> SocketAddress in
            switch family {
            case AF_INET:
                let four = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
                return SocketAddress(
                    host: .v4(UInt32(bigEndian: four.sin_addr.s_addr)),
                    port: UInt16(bigEndian: four.sin_port)
                )
            case AF_INET6:
                let six = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
                return SocketAddress(
                    host: SocketAddress.host(six.sin6_addr),
                    port: UInt16(bigEndian: six.sin6_port)
                )
            default:
                return SocketAddress(host: .unix(""), port: 0)
            }
        }
    }

    private static func host(_ address: in6_addr) -> Host {
        unsafe withUnsafeBytes(of: address) { bytes in
            let high = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
            let low = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            // An IPv4 peer on a socket of both families is the IPv4 peer.
            return high == 0 && low >> 32 == 0xffff
                ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high: high, low: low)
        }
    }

    /// Calls `body` with the address as the kernel takes it.
    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch host {
        case .v4(let address):
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = address.bigEndian
            return unsafe SocketAddress.with(&four, body)
        case .v6(let high, let low):
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &six.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return unsafe SocketAddress.with(&six, body)
        case .unix(let path):
            var unix = sockaddr_un()
            unix.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &unix.sun_path) { bytes in
                for (index, byte) in path.utf8.prefix(SocketAddress.longestPath).enumerated() {
                    unsafe bytes[index] = byte
                }
            }
            return unsafe SocketAddress.with(&unix, body)
        }
    }

    private static func with<Address, Result>(
        _ address: inout Address,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                unsafe body(rebound, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    var family: Int32 {
        switch host {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// The host alone: `127.0.0.1`, `::1`; a Unix peer has none and is `unix`.
    package var hostText: String {
        switch host {
        case .v4(let address):
            return [24, 16, 8, 0].map { String(address >> $0 & 255) }.joined(separator: ".")
        case .v6:
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let count = socklen_t(text.count)
            _ = unsafe withSockaddr { address, _ in
                unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                    var address = unsafe six.pointee.sin6_addr
                    return unsafe inet_ntop(AF_INET6, &address, &text, count) != nil
                }
            }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        case .unix(let path):
            return path.isEmpty ? "unix" : path
        }
    }

    /// `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/patchbay.sock`
    package var description: String {
        switch host {
        case .v4: "\(hostText):\(port)"
        case .v6: "[\(hostText)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
