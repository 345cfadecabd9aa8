import Glibc

@testable import Net

/// The other side of an engine: peers that connect, speak, listen and leave.
protocol FarSide: AnyObject {
    /// Has the engine listen for these peers, as listener 0.
    func prepare(_ engine: Engine) throws
    /// A peer connects; the answer names it.
    func connect() throws -> Int32
    /// The peer sends what there is room for; answers how much that was.
    func send(_ bytes: ArraySlice<UInt8>, from peer: Int32) -> Int
    /// What has come to the peer since the last time.
    func take(_ peer: Int32) -> [UInt8]
    /// The peer says that it sends nothing any more; it still listens.
    func finish(_ peer: Int32)
    /// Whether the last byte has come to the peer: seen by `take`.
    func isOver(_ peer: Int32) -> Bool
    /// Lets go of everything.
    func close()
}

/// Peers with sockets of the kernel's.
final class SocketFarSide: FarSide {
    let listener: ListeningSocket
    private var peers: Set<Int32> = []
    private var over: Set<Int32> = []
    private let folder: TemporaryFolder?

    /// `isUnix`: on a path in a folder of its own; else on IPv4's loopback.
    init(isUnix: Bool) throws {
        let folder = isUnix ? try TemporaryFolder() : nil
        self.folder = folder
        let host = folder.map { SocketAddress.Host.unix($0.path + "/socket") } ?? .v4(0x7f00_0001)
        listener = try ListeningSocket(SocketAddress(host: host, port: 0))
    }

    func prepare(_ engine: Engine) throws { try engine.listen(0, descriptor: listener.descriptor) }

    func connect() throws -> Int32 {
        let peer = try Socket.connected(to: listener.address)
        peers.insert(peer)
        return peer
    }

    func send(_ bytes: ArraySlice<UInt8>, from peer: Int32) -> Int {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        return unsafe bytes.withUnsafeBytes {
            unsafe max(0, Glibc.send(peer, $0.baseAddress, $0.count, flags))
        }
    }

    func take(_ peer: Int32) -> [UInt8] {
        var taken: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while !over.contains(peer) {
            let count = unsafe recv(peer, &piece, piece.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN { break }
            if count > 0 { taken += piece[..<count] } else { over.insert(peer) }
        }
        return taken
    }

    func finish(_ peer: Int32) { _ = shutdown(peer, Int32(SHUT_WR)) }

    func isOver(_ peer: Int32) -> Bool { over.contains(peer) }

    /// The peer's process ends, say: nobody listens any more.
    func drop(_ peer: Int32) {
        peers.remove(peer)
        over.remove(peer)
        // A child that another test is starting may have the descriptor still: closing alone ends nothing then.
        _ = Glibc.shutdown(peer, Int32(SHUT_RDWR))
        _ = Glibc.close(peer)
    }

    /// The peer goes away without a word: its host answers with a reset.
    func reset(_ peer: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        peers.remove(peer)
        over.remove(peer)
        _ = Glibc.close(peer)
    }

    func close() {
        for peer in peers { _ = Glibc.close(peer) }
        listener.close()
        folder?.remove()
    }
}

/// Peers of the engine in memory; each has a buffer as a socket has.
final class MemoryFarSide: FarSide {
    private static let window = 1 << 16
    private let engine: MemoryEngine

    init(_ engine: MemoryEngine) { self.engine = engine }

    func prepare(_ engine: Engine) {}

    func connect() -> Int32 {
        let peer = engine.connect(to: 0)
        engine.setWindow(peer, MemoryFarSide.window)
        return peer
    }

    func send(_ bytes: ArraySlice<UInt8>, from peer: Int32) -> Int {
        engine.send(Array(bytes), from: peer)
        return bytes.count
    }

    func take(_ peer: Int32) -> [UInt8] {
        let taken = engine.take(peer)
        engine.setWindow(peer, MemoryFarSide.window)
        return taken
    }

    func finish(_ peer: Int32) { engine.leave(peer) }

    func isOver(_ peer: Int32) -> Bool { engine.isClosed(peer) }

    func close() {}
}

/// Sockets of the tests' own.
enum Socket {
    static func connected(to address: SocketAddress) throws -> Int32 {
        let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(call: .socket, code: errno) }
        // A buffer of a known size: the system would make it larger and larger.
        var size: Int32 = 1 << 16
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVBUF,
            &size,
            socklen_t(MemoryLayout<Int32>.size)
        )
        let isConnected = unsafe address.withSockaddr { unsafe connect(descriptor, $0, $1) == 0 }
        guard isConnected else {
            let error = SystemError(call: .connect, code: errno)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Two ends of one connection; the first does not block.
    static func pair() throws -> (near: Int32, far: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw SystemError(call: .socket, code: errno)
        }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }
}

/// A folder for a socket; gone after `remove`.
struct TemporaryFolder {
    let path: String

    init() throws {
        var name = Array("/tmp/net-tests-XXXXXX\0".utf8CString)
        guard unsafe mkdtemp(&name) != nil else { throw SystemError(call: .open, code: errno) }
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() {
        _ = unsafe unlink(path + "/socket")
        _ = unsafe rmdir(path)
    }
}
