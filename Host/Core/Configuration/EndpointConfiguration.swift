package import Wire

/// Where a service is reached: paths of a web listener, or a whole listener for streams.
package struct EndpointConfiguration: Sendable, Equatable {
    /// The transport.
    package enum Kind: String, Sendable, CaseIterable {
        case websocket
        case sockjs
        case http
        case stream
    }

    package var kind: Kind
    package var listener: String
    package var paths: [String] = []  // each begins with `/`; none for a stream, at least one otherwise
    package var name: String?  // as the plugin knows it; nil: not said
    package var framing: Framing?  // of a stream; nil: what the plugin asks for
    @Uncompared package var position: SourcePosition
    @Uncompared package var listenerPosition: SourcePosition

    /// An endpoint without paths and name.
    package init(kind: Kind, listener: String, position: SourcePosition, listenerPosition: SourcePosition) {
        self.kind = kind
        self.listener = listener
        self.position = position
        self.listenerPosition = listenerPosition
    }
}
