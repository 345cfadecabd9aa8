import Glibc

/// The file of a Unix socket: which one it is, not only where.
struct SocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let number: ino_t

    /// The socket that is at `path` now; nil: there is none.
    init?(_ path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        self.path = path
        device = status.st_dev
        number = status.st_ino
    }

    /// Removes it, unless another one has its place.
    func remove() {
        guard let present = SocketFile(path), present.device == device, present.number == number else {
            return
        }
        _ = unsafe unlink(path)
    }

    /// Whether what is at a path is a socket on which nobody listens.
    static func isLeft(at address: SocketAddress, _ path: String) throws(SystemError) -> Bool {
        guard SocketFile(path) != nil else { throw SystemError(call: .bind, code: EEXIST) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw SystemError(call: .socket, code: errno) }
        defer { System.close(descriptor) }
        // Whoever listens takes the connection, or has no room for it at the moment.
        return unsafe address.withSockaddr {
            unsafe connect(descriptor, $0, $1) != 0 && errno == ECONNREFUSED
        }
    }
}
