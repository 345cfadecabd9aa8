/// What is wrong at one place of a configuration, and what to do:
/// `plugins.conf:12:5: unknown option "histroy" of plugin GG; did you mean "history"?`
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: Code  // stable: scripts and the manual refer to it
    package let file: String
    package let line: Int  // from 1
    package let column: Int  // in Unicode scalars, from 1
    package let message: String  // what is wrong, with the value found
    package let remedy: String  // what the reader can do now

    package init(_ code: Code, at position: SourcePosition, _ message: String, _ remedy: String) {
        self.code = code
        self.file = position.file
        self.line = position.line
        self.column = position.column
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(file):\(line):\(column): \(message); \(remedy)" }
}

extension ConfigurationError {
    /// The kinds of errors. A number once given never changes its meaning.
    package enum Code: String, Sendable, CaseIterable {
        // Found when a right file is put to use.
        case portInUse = "C102"
        case notServed = "C103"
        case badCertificate = "C104"

        // Files and environment.
        case unreadable = "C201"
        case includeCycle = "C202"
        case tooMuch = "C203"
        case notText = "C204"
        case unsetVariable = "C205"
        case badVariable = "C206"

        // Marks.
        case unterminatedString = "C301"
        case badEscape = "C302"
        case missingSpace = "C303"
        case missingSemicolon = "C304"
        case strayMark = "C305"
        case unclosedBlock = "C306"
        case tooDeep = "C307"

        // Directives and their values.
        case unknownDirective = "C401"
        case wrongValues = "C402"
        case missingBlock = "C403"
        case strayBlock = "C404"
        case repeated = "C405"
        case badValue = "C406"
        case badNumber = "C407"
        case badUnit = "C408"
        case outOfRange = "C409"
        case badAddress = "C410"
        case badPath = "C411"
        case badName = "C412"
        case badOrigin = "C413"
        case unknownLimit = "C414"

        // Directives that do not fit each other.
        case unknownListener = "C501"
        case duplicateName = "C502"
        case duplicatePath = "C503"
        case missingPlugin = "C504"
        case missingEndpoint = "C505"
        case mixedListener = "C506"
        case adminListener = "C507"
        case missingAddress = "C508"
        case duplicateAddress = "C509"
        case incompleteTLS = "C510"

        // Options of plugins.
        case unknownOption = "C601"
        case duplicateOption = "C602"
        case missingOption = "C603"
        case badDefault = "C604"
    }
}
