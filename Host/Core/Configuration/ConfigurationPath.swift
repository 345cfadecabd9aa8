/// Paths as text: a file's names are relative to where the file lies.
enum ConfigurationPath {
    /// The path of a name that stands in a file.
    static func resolve(_ name: String, from file: String) -> String {
        guard !name.utf8.starts(with: "/".utf8) else { return name }
        return directory(of: file) + name
    }

    /// Everything up to the last slash, with it; empty where there is none.
    static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(path[...slash])
    }

    /// Everything after the last slash.
    static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// The path without `.` and empty parts: the same for two ways to write one path. Links are not followed.
    static func plain(_ path: String) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        let joined = parts.map { String($0) ?? "" }.joined(separator: "/")
        return path.utf8.starts(with: "/".utf8) ? "/" + joined : joined
    }

    /// Whether a name fits a pattern in which each `*` stands for any characters. As in a shell, a name that
    /// begins with a dot fits only a pattern that does.
    static func matches(_ name: String, pattern: String) -> Bool {
        let name = Array(name.utf8), pattern = Array(pattern.utf8)
        let dot = UInt8(ascii: "."), star = UInt8(ascii: "*")
        guard name.first != dot || pattern.first == dot else { return false }
        var position = 0, index = 0
        var retry: (position: Int, index: Int)?  // the last star, and where its part ends so far
        while position < name.count {
            if index < pattern.count, pattern[index] == star {
                retry = (position, index)
                index += 1
            } else if index < pattern.count, pattern[index] == name[position] {
                position += 1
                index += 1
            } else if let (start, starIndex) = retry {
                retry = (start + 1, starIndex)
                position = start + 1
                index = starIndex + 1
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == star }
    }
}
