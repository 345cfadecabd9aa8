/// What a peer did that ends its stream. The sentence is for logs.
package enum StreamFailure: Error, Equatable, Sendable {
    case tooLong
    case lengthTooSmall
    case wrongTrailer
    case empty
    case notAFrame

    /// One sentence in ASCII, without a full stop.
    package var sentence: String {
        switch self {
        case .tooLong: "the frame is over the limit"
        case .lengthTooSmall: "the length is smaller than what it counts"
        case .wrongTrailer: "the byte behind the frame is not the one agreed on"
        case .empty: "the frame is empty"
        case .notAFrame: "the plugin finds no frame in the bytes"
        }
    }
}
