import Glibc
import Net

/// The state folder, held by one server at a time.
final class StateLock {
    private let descriptor: Int32

    /// Makes the folder if need be, and takes it.
    init(folder: String) throws(StartError) {
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw StartError([
                "state folder \(folder): it cannot be made: \(SystemError.text(errno)); give another with `state`"
            ])
        }
        descriptor = unsafe open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StartError([
                "state folder \(folder): \(SystemError.text(errno)); give a folder of this user's"
            ])
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StartError([
                "state folder \(folder): another patchbay runs on it; stop that one, or give another with `state`"
            ])
        }
    }

    deinit { close(descriptor) }
}
