import PatchbayABI

/// How a stream's bytes are divided into messages.
public enum Framing: Sendable {
    /// Each message behind its length, of 1, 2 or 4 bytes.
    case length(width: Int, FramingFlags = [], trailer: UInt8? = nil)
    /// Each message before the byte, which does not stand in it.
    case delimiter(UInt8, FramingFlags = [])

    /// Lines that end with LF, or with CR LF.
    public static let lines = Framing.delimiter(UInt8(ascii: "\n"), .dropsReturn)

    var table: pb_framing {
        var table = pb_framing()
        table.size = UInt32(MemoryLayout<pb_framing>.size)
        switch self {
        case .length(let width, let flags, let trailer):
            table.kind = PB_FRAMING_LENGTH.rawValue
            table.flags = flags.rawValue | (trailer == nil ? 0 : PB_TRAILER.rawValue)
            table.width = UInt32(clamping: width)
            table.byte = UInt32(trailer ?? 0)
        case .delimiter(let byte, let flags):
            table.kind = PB_FRAMING_DELIMITER.rawValue
            table.flags = flags.rawValue
            table.byte = UInt32(byte)
        }
        return table
    }
}

/// What else there is to say of a framing.
public struct FramingFlags: OptionSet, Sendable {
    /// The flags as the ABI has them.
    public let rawValue: UInt32

    /// Flags from the ABI's bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The length's first byte counts least.
    public static let littleEndian = FramingFlags(rawValue: PB_LITTLE_ENDIAN.rawValue)
    /// The length counts its own bytes too.
    public static let countsItself = FramingFlags(rawValue: PB_COUNTS_ITSELF.rawValue)
    /// Any byte will do as a trailer when it is read.
    public static let uncheckedTrailer = FramingFlags(rawValue: PB_TRAILER_UNCHECKED.rawValue)
    /// The length counts the trailer.
    public static let countsTrailer = FramingFlags(rawValue: PB_COUNTS_TRAILER.rawValue)
    /// A CR before the delimiter does not belong to the message.
    public static let dropsReturn = FramingFlags(rawValue: PB_DROPS_RETURN.rawValue)
    /// A message of no bytes is passed over.
    public static let skipsEmpty = FramingFlags(rawValue: PB_SKIPS_EMPTY.rawValue)
    /// A message of no bytes ends the connection.
    public static let refusesEmpty = FramingFlags(rawValue: PB_REFUSES_EMPTY.rawValue)
}

/// A service that divides streams itself, on the endpoints that `ownFraming` names. What it sends leaves as it is.
public protocol Framer: Service {
    /// Looks for the first message in all bytes that have come and are not used yet.
    ///
    /// It knows nothing but the bytes, and may be called with the same ones again, on any thread.
    static func frame(_ bytes: Span<UInt8>) -> Frame
}

/// What a framer finds.
public enum Frame: Equatable, Sendable {
    /// No whole message: more bytes are needed.
    case needMore
    /// A message; with what stands around it, it takes up so many of the bytes.
    case message(Range<Int>, used: Int)
    /// The bytes are wrong, and the connection ends.
    case wrong
}
