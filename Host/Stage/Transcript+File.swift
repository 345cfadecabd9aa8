import Core

extension Transcript {
    /// Reads a transcript from a file, whose name errors and failures will say.
    public init(file path: String) throws(TranscriptError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let bytes: [UInt8]
        do throws(ConfigurationFileError) {
            bytes = try ConfigurationSource.system.read(path)
        } catch {
            throw TranscriptError(name: path, line: 0, message: "the file cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TranscriptError(name: name, line: 0, message: "the file is no UTF-8; save it as plain text")
        }
        try self.init(name: name, text: text)
    }
}
