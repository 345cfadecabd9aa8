import Glibc
import Net

/// The Unix socket in the state folder over which commands speak to the running server. Blocking: it has a
/// thread of its own on one side and a command's whole process on the other.
package struct ControlSocket {
    /// The longest line, in bytes.
    private static let longest = 1 << 20

    let descriptor: Int32

    static func path(state: String) -> String { "\(state)/control.sock" }

    /// Listens. Whoever may use the folder may use the server: mode 0600.
    static func listen(state: String) throws(StartError) -> ControlSocket {
        try checkLength(state: state)
        let path = path(state: state)
        unsafe unlink(path)
        let control = try make(path)
        let mask = umask(0o177)
        defer { umask(mask) }
        guard unsafe control.withAddress(path, { unsafe bind(control.descriptor, $0, $1) }) == 0,
            Glibc.listen(control.descriptor, 16) == 0
        else {
            let reason = SystemError.text(errno)
            control.close()
            throw StartError(["\(path): \(reason); give a state folder of this user's"])
        }
        return control
    }

    /// Connects to the server that runs on the state folder.
    static func connect(state: String) throws(StartError) -> ControlSocket {
        try checkLength(state: state)
        let path = path(state: state)
        let control = try make(path)
        guard unsafe control.withAddress(path, { unsafe Glibc.connect(control.descriptor, $0, $1) }) == 0
        else {
            control.close()
            throw StartError([
                "no server answers at \(path); start one with `patchbay run`, or name its file with -c"
            ])
        }
        return control
    }

    /// Whether a socket can be in the folder at all; asked before anything else is done there.
    static func checkLength(state: String) throws(StartError) {
        let path = path(state: state)
        guard path.utf8.count > 107 else { return }
        throw StartError([
            "\(path): longer than a socket's path may be (107 bytes); give a shorter `state`"
        ])
    }

    private static func make(_ path: String) throws(StartError) -> ControlSocket {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw StartError(["\(path): \(SystemError.text(errno))"]) }
        return ControlSocket(descriptor: descriptor)
    }

    private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            for (index, byte) in path.utf8.enumerated() where index < 107 { unsafe bytes[index] = byte }
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { rebound in
                unsafe body(rebound, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// The next command's connection; nil when the socket was shut.
    func accept() -> ControlSocket? {
        while true {
            let peer = Glibc.accept(descriptor, nil, nil)
            if peer >= 0 { return ControlSocket(descriptor: peer) }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: usleep(100_000)  // the command waits in the kernel's queue
            default: return nil
            }
        }
    }

    /// Gives up on a peer that is silent for so long.
    func setTimeout(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    /// One line, without its end; nil when the peer ended, stalled, or sent more than a line may hold.
    func readLine() -> [UInt8]? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while line.count <= ControlSocket.longest {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return nil }
            if let end = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")) { return line + buffer[..<end] }
            line += buffer[..<count]
        }
        return nil
    }

    /// False: the peer went away.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    buffer.count - done,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// Ends a blocking `accept`.
    func shut() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Ends a blocking `readLine`; an answer may still be written.
    func shutReading() { _ = shutdown(descriptor, Int32(SHUT_RD)) }

    func close() { _ = Glibc.close(descriptor) }
}
