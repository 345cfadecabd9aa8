public import JSON
import PatchbayABI

/// One parameter of an administration command.
public struct Parameter: Sendable {
    let name: String
    let meaning: String
    let flags: UInt32

    /// A parameter that must be given.
    public static func required(_ name: String, _ meaning: String) -> Parameter {
        Parameter(name: name, meaning: meaning, flags: PB_REQUIRED.rawValue)
    }

    /// A parameter that may be left out.
    public static func optional(_ name: String, _ meaning: String) -> Parameter {
        Parameter(name: name, meaning: meaning, flags: 0)
    }

    /// A parameter that is never logged or shown, and must be given unless it is said otherwise.
    public static func secret(_ name: String, _ meaning: String, isRequired: Bool = true) -> Parameter {
        let required = isRequired ? PB_REQUIRED.rawValue : 0
        return Parameter(name: name, meaning: meaning, flags: required | PB_SECRET.rawValue)
    }
}

/// An administration command that somebody gave. It is answered once, now or later.
public struct Call {
    private let host: Host
    private let ticket: UInt64
    private let arguments: [(name: String, value: String)]

    init(_ host: Host, _ call: pb_call) {
        self.host = host
        ticket = unsafe call.ticket
        let given = unsafe UnsafeBufferPointer(start: call.arguments, count: call.argument_count)
        arguments = unsafe given.map { unsafe ($0.name.string, $0.value.bytes.string) }
    }

    /// The argument of that name, or nil when it was not given.
    public subscript(name: String) -> String? {
        arguments.first { $0.name == name }?.value
    }

    /// Answers with one JSON value.
    public func answer(_ json: some Bytes) {
        finish(PB_OK, json)
    }

    /// Answers with one JSON object.
    public func answer(_ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        answer(writer)
    }

    /// Answers with an array of one object for each element.
    public func answer<Element>(
        _ elements: some Sequence<Element>,
        _ members: (Element, inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter()
        writer.beginArray()
        for element in elements {
            writer.beginObject()
            members(element, &writer)
            writer.endObject()
        }
        writer.endArray()
        answer(writer)
    }

    /// Answers with a sentence that says what is wrong.
    public func fail(_ sentence: String) {
        finish(PB_FAILED, sentence)
    }

    private func finish(_ status: pb_status, _ text: some Bytes) {
        unsafe text.lend { _ = unsafe host.table.pointee.answer(host.context, ticket, status.rawValue, $0) }
    }
}
