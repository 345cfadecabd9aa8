/// Expected JSON: a value in which `…` and `$NAME` may stand.
struct TranscriptPattern: Equatable {
    enum Name: Equatable {
        case text([UInt8])
        case capture(String)
    }

    struct Member: Equatable {
        let name: Name
        let value: TranscriptPattern
    }

    indirect enum Shape: Equatable {
        case anything
        case capture(String)
        case object([Member], isOpen: Bool)
        case array([TranscriptPattern], isOpen: Bool)
        case string(TranscriptWildcard)
        case scalar  // a number, true, false or null: compared through the text
    }

    let shape: Shape
    /// As it stands in the transcript.
    let text: String

    /// Nil when `text` is no JSON, ellipses and captures aside.
    init?(_ text: String) {
        var reader = TranscriptPatternReader(bytes: Array(text.utf8))
        guard let pattern = reader.read() else { return nil }
        self = pattern
    }

    init(shape: Shape, text: String) {
        self.shape = shape
        self.text = text
    }
}
