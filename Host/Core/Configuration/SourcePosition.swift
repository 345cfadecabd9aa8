/// A place in a configuration file: `plugins.conf:12:5`.
package struct SourcePosition: Sendable, Equatable, CustomStringConvertible {
    package let file: String  // as it was named: the path given, or that of the include
    package let line: Int  // from 1
    package let column: Int  // in Unicode scalars, from 1

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}
