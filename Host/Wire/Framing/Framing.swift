/// How a stream of bytes is divided into frames.
package enum Framing: Hashable, Sendable {
    /// Each frame begins with its length.
    case length(LengthPrefix)
    /// Each frame ends with a byte that does not stand in it.
    case delimiter(Delimiter)
    /// The plugin divides the stream itself.
    case plugin

    /// What happens to a frame without a payload.
    package enum Empty: String, Hashable, Sendable, CaseIterable {
        case given  // as any other
        case skipped  // as if it had not come
        case refused  // it ends the stream
    }

    /// A payload behind its length, with a last byte or none.
    package struct LengthPrefix: Hashable, Sendable {
        /// How many bytes the length has.
        package enum Width: Int, Hashable, Sendable, CaseIterable { case one = 1, two = 2, four = 4 }
        /// Which byte of the length comes first: the one that counts least, or most.
        package enum Order: String, Hashable, Sendable, CaseIterable { case little, big }

        package var width: Width
        package var order: Order
        package var countsItself: Bool  // the length includes its own bytes
        package var trailer: Trailer?
        package var empty: Empty

        package init(
            _ width: Width,
            _ order: Order = .big,
            countsItself: Bool = false,
            trailer: Trailer? = nil,
            empty: Empty = .given
        ) {
            self.width = width
            self.order = order
            self.countsItself = countsItself
            self.trailer = trailer
            self.empty = empty
        }
    }

    /// One byte behind each payload.
    package struct Trailer: Hashable, Sendable {
        package var byte: UInt8
        package var isChecked: Bool  // when read; else any byte will do
        package var isCounted: Bool  // the length includes it

        package init(_ byte: UInt8, isChecked: Bool = true, isCounted: Bool = false) {
            self.byte = byte
            self.isChecked = isChecked
            self.isCounted = isCounted
        }
    }

    /// A payload before the byte that ends it.
    package struct Delimiter: Hashable, Sendable {
        package var byte: UInt8
        package var dropsReturn: Bool  // a CR before it does not belong to the payload
        package var empty: Empty

        package init(_ byte: UInt8 = 0x0a, dropsReturn: Bool = false, empty: Empty = .given) {
            self.byte = byte
            self.dropsReturn = dropsReturn
            self.empty = empty
        }
    }

    /// Lines of text: LF, or CR and LF.
    package static let lines = Framing.delimiter(Delimiter(dropsReturn: true))
}
