/// A request that receives frames: what its transport puts around them. The response's head and its chunks are
/// not its matter.
package struct SockJSReceiver: Equatable, Sendable {
    /// The transport.
    package let transport: SockJSTransport
    /// The function that frames call; empty where the transport calls none.
    package let callback: [UInt8]

    /// Takes the callback from the request's query, where the transport needs one: `c=…` or `callback=…`.
    package init(_ transport: SockJSTransport, query: Span<UInt8>) throws(SockJSFailure) {
        self.transport = transport
        guard transport.needsCallback else {
            callback = []
            return
        }
        let all = 0..<query.count
        guard
            let name = URLEncoding.first("c", query, all) ?? URLEncoding.first("callback", query, all),
            !name.isEmpty
        else { throw .callbackRequired }
        guard name.span.consists(name.indices, of: Self.isCallback) else { throw .callbackInvalid }
        callback = name
    }

    private static func isCallback(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Appends what a streaming response begins with, in a chunk of its own: browsers show nothing of a
    /// response before it has so many bytes, and Opera spoilt the first event of a stream.
    package func appendPrelude(to buffer: inout [UInt8]) {
        switch transport {
        case .xhr, .jsonp: break
        case .xhrStreaming:
            buffer.append(contentsOf: repeatElement(UInt8(ascii: "h"), count: 2048))
            buffer.append(UInt8(ascii: "\n"))
        case .eventSource: buffer.append(copying: "\r\n".utf8.span)
        case .htmlFile: appendPage(to: &buffer)
        }
    }

    /// The page is the protocol's, byte by byte.
    private func appendPage(to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append(copying: Self.page.0.utf8.span)
        buffer.append(copying: callback.span)
        buffer.append(copying: Self.page.1.utf8.span)
        let missing = max(0, 1024 - (buffer.count - start))
        buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: missing))
        buffer.append(copying: "\r\n\r\n".utf8.span)
    }

    private static let page = (
        """
        <!doctype html>
        <html><head>
          <meta http-equiv="X-UA-Compatible" content="IE=edge" />
          <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
        </head><body><h2>Don't panic!</h2>
          <script>
            document.domain = document.domain;
            var c = parent.
        """,
        """
        ;
            c.start();
            function p(d) {c.message(d);};
            window.onload = function() {c.stop();};
          </script>

        """
    )

    /// Appends one frame.
    package func append(_ frame: Span<UInt8>, to buffer: inout [UInt8]) {
        switch transport {
        case .xhr, .xhrStreaming:
            buffer.append(copying: frame)
            buffer.append(UInt8(ascii: "\n"))
        case .eventSource:
            buffer.append(copying: "data: ".utf8.span)
            append(frame, escapedBy: Self.escapeOfEvent, to: &buffer)
            buffer.append(copying: "\r\n\r\n".utf8.span)
        case .htmlFile:
            buffer.append(copying: "<script>\np(\"".utf8.span)
            append(frame, escapedBy: Self.escapeOfLiteral, to: &buffer)
            buffer.append(copying: "\");\n</script>\r\n".utf8.span)
        case .jsonp:
            // The comment keeps the callback from being the first bytes of a file of another type.
            buffer.append(copying: "/**/".utf8.span)
            buffer.append(copying: callback.span)
            buffer.append(copying: "(\"".utf8.span)
            append(frame, escapedBy: Self.escapeOfLiteral, to: &buffer)
            buffer.append(copying: "\");\r\n".utf8.span)
        }
    }

    /// Clients decode an event as if it were a URL.
    private static func escapeOfEvent(_ byte: UInt8) -> String? { byte == UInt8(ascii: "%") ? "%25" : nil }

    /// A frame inside a string of JavaScript has no control characters and no line separators any more; a `<`
    /// could end the script that it stands in.
    private static func escapeOfLiteral(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "\""): #"\""#
        case UInt8(ascii: "\\"): #"\\"#
        case UInt8(ascii: "<"): #"\u003c"#
        default: nil
        }
    }

    private func append(
        _ frame: Span<UInt8>,
        escapedBy escape: (UInt8) -> String?,
        to buffer: inout [UInt8]
    ) {
        var start = 0
        for offset in frame.indices {
            guard let text = escape(frame[offset]) else { continue }
            buffer.append(copying: frame.extracting(start..<offset))
            buffer.append(copying: text.utf8.span)
            start = offset + 1
        }
        buffer.append(copying: frame.extracting(start..<frame.count))
    }
}
