/// Why an administration command did nothing: one sentence for the operator.
package struct CallError: Error, Equatable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
