import CLinux
import Glibc

/// A thread of the system's. It runs until its body returns; `join` waits for that.
package struct Thread: @unchecked Sendable {  // a pthread_t is a number to everybody but its library
    private let handle: pthread_t

    /// Starts `body`; the first 15 bytes of `name` are what ps and gdb show.
    package init(name: String, _ body: sending @escaping () -> Void) throws(SystemError) {
        var handle = pthread_t()
        let box = unsafe Unmanaged.passRetained(Box(body))
        let code = unsafe pthread_create(
            &handle,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            unsafe box.release()
            throw SystemError(call: .pthreadCreate, code: code)
        }
        _ = unsafe pthread_setname_np(handle, String(decoding: name.utf8.prefix(15), as: UTF8.self))
        self.handle = handle
    }

    package func join() { _ = pthread_join(handle, nil) }

    /// Nobody will join it: its end is the end of it.
    package func detach() { _ = pthread_detach(handle) }

    /// This thread runs when no other wants to, or nearly so. On Linux the call is about the thread alone.
    package static func lowerPriority() { _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19) }

    /// A number that tells this thread from others.
    package static var current: UInt { UInt(pthread_self()) }

    private final class Box {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
}
