import Glibc

/// Creates the store's files with mode 0600 and says in a sentence why a file cannot be opened.
enum FileAccess {
    /// Opens `file`, which belongs to the database `path`, and returns its descriptor.
    static func open(_ file: String, _ flags: Int32, for path: String) throws(StoreError) -> Int32 {
        let descriptor = unsafe Glibc.open(file, flags, 0o600)
        guard descriptor >= 0 else { throw error(errno, file, for: path) }
        return descriptor
    }

    /// Makes `file`, empty, unless it is there; with `exclusively`, that it is there is an error.
    static func make(_ file: String, exclusively: Bool, for path: String) throws(StoreError) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | (exclusively ? O_EXCL : 0)
        close(try open(file, flags, for: path))
    }

    /// The sentence for `code`, an errno, about `file`.
    private static func error(_ code: Int32, _ file: String, for path: String) -> StoreError {
        let words = unsafe String(cString: strerror(code))
        let name = file == path ? "" : "\(file): "
        return switch code {
        case EISDIR:
            StoreError(
                .cannotOpen,
                name + "it is a folder",
                remedy: "name a file in an existing folder",
                path: path
            )
        case ENOENT, ENOTDIR:
            StoreError(.cannotOpen, name + "its folder does not exist", remedy: "make the folder", path: path)
        case EEXIST:
            StoreError(.cannotOpen, name + "it exists already", remedy: "name a new file", path: path)
        case ENOSPC, EDQUOT:
            StoreError(.full, name + words, path: path)
        case EIO:
            StoreError(.io, name + words, path: path)
        default:
            StoreError(.cannotOpen, name + words, path: path)
        }
    }
}
