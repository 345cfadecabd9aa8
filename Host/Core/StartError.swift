/// Why the server, or a part of it, does not start: one sentence for each thing that is wrong.
package struct StartError: Error, Equatable, CustomStringConvertible {
    package let sentences: [String]

    package init(_ sentences: [String]) { self.sentences = sentences }

    package var description: String { sentences.joined(separator: "\n") }

    /// Runs `body`; what it throws becomes a sentence about the service.
    static func wrapping<Failure: Error>(_ service: String, _ body: () throws(Failure) -> Void)
        throws(StartError)
    {
        do throws(Failure) {
            try body()
        } catch {
            throw StartError(["service \(service): \(error)"])
        }
    }
}
