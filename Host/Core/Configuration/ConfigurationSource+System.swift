import Glibc

extension ConfigurationSource {
    /// The files and the environment of this machine.
    package static let system = ConfigurationSource(
        read: { path throws(ConfigurationFileError) in try SystemFile.bytes(of: path) },
        list: { path throws(ConfigurationFileError) in try SystemFile.names(in: path) },
        environment: { name in
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }
    )
}

/// The calls to Glibc of the configuration, and nothing else.
private enum SystemFile {
    static let longest = 16 << 20  // bytes; no sane file is longer, and /dev/zero never ends

    static func bytes(of path: String) throws(ConfigurationFileError) -> [UInt8] {
        // Without O_NONBLOCK the opening of a pipe waits for somebody who writes.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw lastError }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { throw lastError }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .notFile }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw lastError }
            guard count > 0 else { return content }
            content.append(contentsOf: buffer[..<count])
            guard content.count <= longest else { throw .tooLong(limit: longest) }
        }
    }

    static func names(in path: String) throws(ConfigurationFileError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw lastError }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0  // readdir answers nil for the end as for an error
            guard let entry = unsafe readdir(directory) else { break }
            // By offset: the record may end before the field's full 256 bytes.
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
            let name = unsafe UnsafeRawPointer(entry) + offset
            names.append(unsafe String(cString: name.assumingMemoryBound(to: CChar.self)))
        }
        guard errno == 0 else { throw lastError }
        return names
    }

    private static var lastError: ConfigurationFileError {
        switch errno {
        case ENOENT: .missing
        case ENOTDIR: .notDirectory
        case EACCES, EPERM: .denied
        case let code: .failed(code: code)
        }
    }
}
