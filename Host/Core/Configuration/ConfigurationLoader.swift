/// Reads the main file and all that it includes into one tree.
struct ConfigurationLoader {
    private static let deepest = 16  // files open at once
    private static let mostFiles = 1_000
    private static let mostBytes = 64 << 20  // in all files together

    private let source: ConfigurationSource
    private var open: [String] = []  // from the main file to the one being read
    private var bytesLeft = Self.mostBytes
    private(set) var files: [String] = []  // in the order of reading

    init(source: ConfigurationSource) { self.source = source }

    mutating func load(main path: String, _ errors: inout FoundErrors) -> [ConfigurationDirective] {
        let start = SourcePosition(file: path, line: 1, column: 1)
        do {
            let bytes = try source.read(path)
            return tree(of: bytes, path: path, inside: .file, at: start, &errors)
        } catch {
            errors.add(
                .unreadable,
                at: start,
                "the file cannot be read: \(error)",
                "name the file with -c FILE"
            )
            return []
        }
    }

    private mutating func tree(
        of bytes: [UInt8],
        path: String,
        inside kind: ConfigurationBlock?,
        at position: SourcePosition,
        _ errors: inout FoundErrors
    ) -> [ConfigurationDirective] {
        files.append(path)
        bytesLeft -= bytes.count
        guard bytesLeft >= 0 else {
            let message = "the files have more than \(Self.mostBytes >> 20) MiB together"
            errors.add(.tooMuch, at: position, message, "include less")
            return []
        }
        checkText(bytes, path: path, &errors)
        let lexer = ConfigurationLexer(file: path, bytes: bytes, environment: source.environment)
        var parser = ConfigurationParser(lexer: lexer, inside: kind)
        let directives = parser.parse(&errors)
        open.append(path)
        defer { open.removeLast() }
        return expand(directives, inside: kind, &errors)
    }

    /// Reports the first bytes that are not UTF-8.
    private func checkText(_ bytes: [UInt8], path: String, _ errors: inout FoundErrors) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let before = bytes[..<error.byteOffsets.lowerBound]
            let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let column = before[lineStart...].count { $0 & 0xc0 != 0x80 } + 1
            let position = SourcePosition(file: path, line: line, column: column)
            errors.add(.notText, at: position, "this is not UTF-8", "save the file as plain UTF-8 text")
        }
    }

    /// Puts the directives of the included files in the places of the `include`s.
    private mutating func expand(
        _ directives: [ConfigurationDirective],
        inside kind: ConfigurationBlock?,
        _ errors: inout FoundErrors
    ) -> [ConfigurationDirective] {
        var result: [ConfigurationDirective] = []
        for var directive in directives {
            if directive.name.text == "include" {
                result += included(by: directive, inside: kind, &errors)
                continue
            }
            if let block = directive.block {
                directive.block = expand(block, inside: kind?.inner(directive.name.text), &errors)
            }
            result.append(directive)
        }
        return result
    }

    private mutating func included(
        by directive: ConfigurationDirective,
        inside kind: ConfigurationBlock?,
        _ errors: inout FoundErrors
    ) -> [ConfigurationDirective] {
        guard let word = directive.values.first, directive.values.count == 1, directive.block == nil else {
            let remedy = "write: include DIR/*.conf;"
            errors.add(.wrongValues, at: directive.position, "include needs one pattern", remedy)
            return []
        }
        var result: [ConfigurationDirective] = []
        for path in paths(of: word, &errors) { result += file(path, named: word, inside: kind, &errors) }
        return result
    }

    /// The files that a pattern names, by their names' bytes.
    private func paths(of word: ConfigurationWord, _ errors: inout FoundErrors) -> [String] {
        guard !word.isBroken else { return [] }
        let path = ConfigurationPath.resolve(word.text, from: word.position.file)
        let directory = ConfigurationPath.directory(of: path)
        let pattern = ConfigurationPath.name(of: path)
        guard !pattern.isEmpty, !directory.contains("*") else {
            let message = "\(word.quoted) is not a pattern for files"
            errors.add(.badPath, at: word.position, message, "use * only in the last part, as in DIR/*.conf")
            return []
        }
        guard pattern.contains("*") else { return [path] }
        do {
            let names = try source.list(directory.isEmpty ? "." : directory)
            return names.filter { ConfigurationPath.matches($0, pattern: pattern) && $0 != "." && $0 != ".." }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { directory + $0 }
        } catch {
            let message = "the directory \(ConfigurationWord.quoted(directory)) cannot be read: \(error)"
            errors.add(.unreadable, at: word.position, message, "create it, or remove the include")
            return []
        }
    }

    private mutating func file(
        _ path: String,
        named word: ConfigurationWord,
        inside kind: ConfigurationBlock?,
        _ errors: inout FoundErrors
    ) -> [ConfigurationDirective] {
        let shown = ConfigurationWord.quoted(path)
        guard !open.contains(where: { ConfigurationPath.plain($0) == ConfigurationPath.plain(path) }) else {
            let message = "\(shown) includes itself"
            errors.add(.includeCycle, at: word.position, message, "include it from one place only")
            return []
        }
        guard open.count < Self.deepest, files.count < Self.mostFiles else {
            let message = "more than \(Self.mostFiles) files, or \(Self.deepest) within each other"
            errors.add(.tooMuch, at: word.position, message, "include less")
            return []
        }
        do {
            let bytes = try source.read(path)
            return tree(of: bytes, path: path, inside: kind, at: word.position, &errors)
        } catch {
            let message = "\(shown) cannot be read: \(error)"
            errors.add(.unreadable, at: word.position, message, "correct the name, or remove the include")
            return []
        }
    }
}
