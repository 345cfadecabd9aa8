import Glibc
import Testing

@testable import Net

@Suite struct ListeningSocketTests {
    private static let loopback = [SocketAddress.Host.v4(0x7f00_0001), .v6(high: 0, low: 1)]

    @Test(arguments: loopback + [.v4(0)])
    func `port 0 gives a port of the system's choice, where peers connect`(host: SocketAddress.Host) throws {
        let socket = try ListeningSocket(SocketAddress(host: host, port: 0))
        defer { socket.close() }
        #expect(socket.address.port != 0 && socket.address.host == host)
        Socket.close(try Socket.connected(to: socket.address))
    }

    @Test(arguments: loopback)
    func `a port that is in use is refused`(host: SocketAddress.Host) throws {
        let socket = try ListeningSocket(SocketAddress(host: host, port: 0))
        defer { socket.close() }
        #expect(throws: SystemError(call: .bind, code: EADDRINUSE)) { try ListeningSocket(socket.address) }
    }

    // In a process of its own: one that another test starts meanwhile holds what was closed for a moment more.
    @Test func `after close nobody connects, and the port is free at once`() async {
        await #expect(processExitsWith: .success) {
            let first = try ListeningSocket(ListeningSocketTests.own)
            let peer = try Socket.connected(to: first.address)
            var from = SocketAddress(host: .unix(""), port: 0)
            let accepted = try #require(try System.accept(first.descriptor, peer: &from))
            // The side that closes first is the one that keeps the address for a minute.
            Socket.close(accepted)
            first.close()
            Socket.close(peer)
            #expect(throws: SystemError(call: .connect, code: ECONNREFUSED)) {
                try Socket.connected(to: first.address)
            }
            let second = try ListeningSocket(first.address)
            #expect(second.address == first.address)
        }
    }

    /// A loopback address that no other test has, so that none of their connections has its ports either.
    private static let own = SocketAddress(host: .v4(0x7f00_004d), port: 0)

    @Test func `IPv6 alone listens at an IPv6 address, so that IPv4 may have the same port`() throws {
        let six = try ListeningSocket(SocketAddress(host: .v6(high: 0, low: 0), port: 0))
        defer { six.close() }
        try ListeningSocket(SocketAddress(host: ListeningSocketTests.own.host, port: six.address.port))
            .close()
    }

    @Test(arguments: [.v4(0xc000_0201), .v6(high: 0x2001_0db8_0000_0000, low: 1)] as [SocketAddress.Host])
    func `an address of another machine is refused`(host: SocketAddress.Host) throws {
        let address = SocketAddress(host: host, port: 0)
        #expect(throws: SystemError(call: .bind, code: EADDRNOTAVAIL)) { try ListeningSocket(address) }
    }

    @Test func `a path is listened at, once`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let address = SocketAddress(host: .unix(folder.path + "/socket"), port: 0)
        let socket = try ListeningSocket(address)
        defer { socket.close() }
        #expect(socket.address == address)
        Socket.close(try Socket.connected(to: address))
        #expect(throws: SystemError(call: .bind, code: EADDRINUSE)) { try ListeningSocket(address) }
    }

    @Test(arguments: [0o600, 0o660, 0o666, 0o222] as [UInt32])
    func `a path has the permissions asked for, whatever the mask`(mode: UInt32) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/socket"
        let socket = try ListeningSocket(SocketAddress(host: .unix(path), port: 0), mode: mode)
        defer { socket.close() }
        var status = stat()
        #expect(unsafe lstat(path, &status) == 0 && status.st_mode & 0o777 == mode)
    }

    @Test func `a path that a dead process left is listened at again`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let address = SocketAddress(host: .unix(folder.path + "/socket"), port: 0)
        // Closed as a process's end closes it: the file stays.
        Socket.close(try ListeningSocket(address).descriptor)
        #expect(throws: SystemError(call: .connect, code: ECONNREFUSED)) { try Socket.connected(to: address) }
        let socket = try ListeningSocket(address)
        defer { socket.close() }
        Socket.close(try Socket.connected(to: address))
    }

    @Test func `who listens at a path keeps it, even with no room for one more peer`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let address = SocketAddress(host: .unix(folder.path + "/socket"), port: 0)
        let socket = try ListeningSocket(address, backlog: 0)
        defer { socket.close() }
        let peer = try Socket.connected(to: address)
        defer { Socket.close(peer) }
        #expect(throws: SystemError(call: .bind, code: EADDRINUSE)) { try ListeningSocket(address) }
    }

    @Test(arguments: ["file", "folder", "link"])
    func `what is no socket is left at its path`(what: String) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/it"
        let isMade =
            switch what {
            case "file": closed(unsafe creat(path, 0o600))
            case "folder": unsafe mkdir(path, 0o700) == 0
            default: unsafe symlink("/nowhere", path) == 0
            }
        try #require(isMade)
        let address = SocketAddress(host: .unix(path), port: 0)
        #expect(throws: SystemError(call: .bind, code: EEXIST)) { try ListeningSocket(address) }
        var status = stat()
        #expect(unsafe lstat(path, &status) == 0)
    }

    @Test func `after close the path is free, unless another listens there by then`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/socket"
        let address = SocketAddress(host: .unix(path), port: 0)
        let first = try ListeningSocket(address)
        _ = unsafe unlink(path)
        let second = try ListeningSocket(address)
        first.close()
        Socket.close(try Socket.connected(to: address))
        second.close()
        var status = stat()
        #expect(unsafe lstat(path, &status) != 0 && errno == ENOENT)
    }

    @Test func `a path in a folder that is not there is refused`() {
        let address = SocketAddress(host: .unix("/no/such/folder/socket"), port: 0)
        #expect(throws: SystemError(call: .bind, code: ENOENT)) { try ListeningSocket(address) }
    }

    @Test func `a path longer than the kernel takes is refused, not cut`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let name = String(repeating: "a", count: 107 - folder.path.utf8.count - 1)
        let longest = folder.path + "/" + name
        let socket = try ListeningSocket(SocketAddress(host: .unix(longest), port: 0))
        socket.close()
        let address = SocketAddress(host: .unix(longest + "b"), port: 0)
        #expect(throws: SystemError(call: .bind, code: ENAMETOOLONG)) { try ListeningSocket(address) }
    }

    @Test func `a connection that is refused ends at its peer`() throws {
        let (near, far) = try Socket.pair()
        defer { Socket.close(far) }
        ListeningSocket.refuse(near)
        var byte: UInt8 = 0
        #expect(unsafe recv(far, &byte, 1, 0) == 0)
    }

    @Test func `what fails leaves no socket open`() async {
        await #expect(processExitsWith: .success) {
            let taken = try ListeningSocket(SocketAddress(host: .v4(0x7f00_0001), port: 0))
            let before = openSockets()
            _ = try? ListeningSocket(taken.address)
            _ = try? ListeningSocket(SocketAddress(host: .v4(0xc000_0201), port: 0))
            _ = try? ListeningSocket(SocketAddress(host: .unix("/no/such/folder/socket"), port: 0))
            #expect(openSockets() == before)
        }
    }

    @Test func `an error is told in the words of the system`() {
        #expect(SystemError(call: .bind, code: EADDRINUSE).description == "bind: Address already in use")
        #expect(SystemError(call: .epollControl, code: EBADF).description == "epoll_ctl: Bad file descriptor")
        #expect(SystemError.text(ENOENT) == "No such file or directory")
    }
}

/// False: it was never open.
private func closed(_ descriptor: Int32) -> Bool {
    Socket.close(descriptor)
    return descriptor >= 0
}

/// The sockets that this process has open; only in a process of a test's own do others not change them.
///
/// Other descriptors are no measure: the testing library opens some while a test runs.
func openSockets() -> [Int32] {
    (0..<1024).filter { descriptor in
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }
}
