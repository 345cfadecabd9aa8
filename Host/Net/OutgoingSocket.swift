import Glibc

/// A connection that this side begins. Nothing of it waits.
package struct OutgoingSocket: Sendable {
    package let descriptor: Int32

    /// What a read brought.
    package enum Arrival: Equatable { case bytes, nothing, end }

    /// Begins to connect; when it may be written to, `failure` tells what became of it.
    package init(to address: SocketAddress) throws(SystemError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw SystemError(call: .socket, code: errno) }
        // A request goes out at once, whatever is not acknowledged yet.
        var isOn: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, size)
        let descriptor = descriptor
        let result = unsafe address.withSockaddr { unsafe connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
            let code = errno
            System.close(descriptor)
            throw SystemError(call: .connect, code: code)
        }
    }

    /// Why it is not connected; nil: it is.
    package var failure: SystemError? {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return result == 0 && code == 0 ? nil : SystemError(call: .connect, code: result == 0 ? code : errno)
    }

    /// How many of the bytes were taken; 0: none now.
    package func send(_ bytes: Span<UInt8>) throws(SystemError) -> Int {
        let descriptor = descriptor
        return try unsafe bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
            try System.restarting(.send) {
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            } ?? 0
        }
    }

    /// Appends what has come, up to 64 KiB.
    package func receive(into bytes: inout [UInt8]) throws(SystemError) -> Arrival {
        let old = bytes.count, room = 64 << 10
        bytes += repeatElement(0, count: room)
        var count = 0
        defer { bytes.removeLast(room - count) }
        let descriptor = descriptor
        let outcome = try unsafe bytes.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
            let room = unsafe UnsafeMutableBufferPointer(rebasing: buffer[old...])
            return try unsafe System.receive(descriptor, into: UnsafeMutableRawBufferPointer(room))
        }
        switch outcome {
        case .bytes(let received):
            count = received
            return .bytes
        case .wouldBlock: return .nothing
        case .endOfStream: return .end
        }
    }

    package func close() { System.close(descriptor) }
}
