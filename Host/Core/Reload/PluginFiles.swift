import Crypto
import Glibc
import Net

/// Finds plugin files, checks them without running them, and loads copies of them.
///
/// A loaded file must never be written over: the next look-up in it would crash. So what is loaded is a copy
/// in the state folder that nobody else knows, one for each generation.
package struct PluginFiles: Sendable {
    /// Larger files are no plugins.
    private static let largest = 256 << 20

    private let directories: [String]
    private let copies: String

    /// - Parameters:
    ///   - directories: where `libNAME.so` is looked for, in this order.
    ///   - state: the folder that holds `plugins/`, which holds the copies.
    package init(directories: [String], state: String) {
        self.directories = directories
        copies = "\(state)/plugins"
    }

    /// The plugin's name as plugins.conf gives it, for sentences about it.
    func name(of plugin: ServiceConfiguration.Plugin) -> String {
        switch plugin {
        case .name(let name): name
        case .file(let path): path.split(separator: "/").last.map(String.init) ?? path
        }
    }

    /// The plugin's file.
    func path(of plugin: ServiceConfiguration.Plugin) throws(PluginError) -> String {
        switch plugin {
        case .file(let path):
            return path
        case .name(let name):
            for directory in directories {
                let path = "\(directory)/lib\(name).so"
                if unsafe access(path, F_OK) == 0 { return path }
            }
            let places = directories.joined(separator: ", ")
            throw PluginError(
                path: "lib\(name).so",
                "there is no such file in \(places); build it, or name its folder with plugin_path"
            )
        }
    }

    /// Reads a file and checks its header and note. Runs none of its code.
    func check(_ path: String) throws(PluginError) -> (bytes: [UInt8], note: ElfNote) {
        let bytes = try read(path)
        do throws(PluginFileError) {
            return (bytes, try ElfNote.read(bytes.span))
        } catch {
            throw PluginError(path: path, error.description)
        }
    }

    /// Checks a file, copies it, and loads the copy for good.
    func load(_ path: String, service: String, generation: Int) throws(PluginError) -> PluginLibrary {
        let (bytes, note) = try check(path)
        let hash = PluginFiles.hexadecimal(Digest.sha256(bytes.span).prefix(8))
        let copy = "\(copies)/\(service)-\(generation)-\(hash).so"
        try write(bytes, to: copy)
        do throws(PluginError) {
            return try PluginLibrary(copy: copy, original: path, hash: hash, note: note)
        } catch {
            unsafe unlink(copy)
            throw error
        }
    }

    /// Empties the folder of copies; for when nothing is loaded yet, or no more.
    func removeCopies() throws(PluginError) {
        guard unsafe mkdir(copies, 0o700) == 0 || errno == EEXIST else {
            throw PluginError(
                path: copies,
                "the folder cannot be made: \(SystemError.text(errno)); give a state folder of this user's"
            )
        }
        guard let folder = unsafe opendir(copies) else {
            throw PluginError(
                path: copies,
                "the folder cannot be read: \(SystemError.text(errno)); give a state folder of this user's"
            )
        }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasSuffix(".so") || name.hasSuffix(".part") { unsafe unlink("\(copies)/\(name)") }
        }
    }

    private func read(_ path: String) throws(PluginError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw PluginError(
                path: path,
                "the file cannot be read: \(SystemError.text(errno)); look at path and mode"
            )
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw PluginError(path: path, "this is no regular file; give the plugin's .so file")
        }
        guard status.st_size <= PluginFiles.largest else {
            throw PluginError(path: path, "the file is over 256 MiB; give the plugin's .so file")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    buffer.count - done
                )
            }
            guard count > 0 else {
                throw PluginError(path: path, "the file became shorter while it was read; try again")
            }
            done += count
        }
        return bytes
    }

    private func write(_ bytes: [UInt8], to path: String) throws(PluginError) {
        let part = "\(path).part"
        let descriptor = unsafe open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o700)
        guard descriptor >= 0 else {
            throw PluginError(
                path: part,
                "the copy cannot be made: \(SystemError.text(errno)); give a state folder of this user's"
            )
        }
        do throws(SystemError) {
            try System.write(bytes, to: descriptor)
        } catch {
            _ = close(descriptor)
            throw unwritten(path, part, error.code)
        }
        guard close(descriptor) == 0, unsafe rename(part, path) == 0 else {
            throw unwritten(path, part, errno)
        }
    }

    private func unwritten(_ path: String, _ part: String, _ code: Int32) -> PluginError {
        unsafe unlink(part)
        let reason = SystemError.text(code)
        return PluginError(path: path, "the copy cannot be written: \(reason); make room in the state folder")
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}
