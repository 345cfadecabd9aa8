/// Where configurations come from. Given in, so that a test needs neither disk nor environment.
package struct ConfigurationSource: Sendable {
    /// The whole content of the file at a path.
    package var read: @Sendable (_ path: String) throws(ConfigurationFileError) -> [UInt8]
    /// The names in the directory at a path, in any order, with or without `.` and `..`.
    package var list: @Sendable (_ path: String) throws(ConfigurationFileError) -> [String]
    /// The value of an environment variable, nil when it is not set.
    package var environment: @Sendable (_ name: String) -> String?

    package init(
        read: @escaping @Sendable (_ path: String) throws(ConfigurationFileError) -> [UInt8],
        list: @escaping @Sendable (_ path: String) throws(ConfigurationFileError) -> [String],
        environment: @escaping @Sendable (_ name: String) -> String?
    ) {
        self.read = read
        self.list = list
        self.environment = environment
    }
}

/// Why a file or directory could not be read.
package enum ConfigurationFileError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing
    case denied
    case notFile
    case notDirectory
    case tooLong(limit: Int)  // bytes
    case failed(code: Int32)  // any other errno

    package var description: String {
        switch self {
        case .missing: "there is no such file or directory"
        case .denied: "permission denied"
        case .notFile: "it is not a regular file"
        case .notDirectory: "it is not a directory"
        case .tooLong(let limit): "it is longer than \(limit >> 20) MiB"
        case .failed(let code): "error \(code) of the system"
        }
    }
}
