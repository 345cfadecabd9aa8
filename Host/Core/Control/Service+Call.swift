import JSON
import PatchbayABI

// Administration commands: the plugin's own, checked before it sees them.
extension Service {
    /// Calls a command; `done` is called on the lane when its effects are stored, or with what is wrong.
    ///
    /// - Returns: the call's ticket, for `abandon`; nil: the plugin was not called.
    @discardableResult
    package func call(
        _ name: String,
        _ arguments: [(name: String, value: String)],
        done: @escaping (Result<[UInt8], CallError>) -> Void
    ) -> UInt64? {
        guard let command = command(name, arguments, done) else { return nil }
        lastTicket += 1
        tickets[lastTicket] = done
        call(command, lastTicket, arguments)
        return lastTicket
    }

    private func call(
        _ command: Ledger.Command,
        _ ticket: UInt64,
        _ arguments: [(name: String, value: String)]
    ) {
        errand = Errand(ticket: ticket, .call(command.name, arguments))
        defer { errand = nil }
        Service.call(command, ticket, arguments)
    }

    /// Calls a command that the generation before did not answer. Where it was answered meanwhile, nothing.
    func callAgain(_ name: String, _ arguments: [(name: String, value: String)], ticket: UInt64) {
        guard let done = tickets[ticket] else { return }
        guard let command = command(name, arguments, done) else {
            tickets[ticket] = nil
            return
        }
        call(command, ticket, arguments)
    }

    /// Nobody waits for the call's answer any more.
    func abandon(_ ticket: UInt64) { tickets[ticket] = nil }

    /// The command, or nil when `done` was told why it is not called.
    private func command(
        _ name: String,
        _ arguments: [(name: String, value: String)],
        _ done: (Result<[UInt8], CallError>) -> Void
    ) -> Ledger.Command? {
        func refuse(_ error: CallError) -> Ledger.Command? {
            done(.failure(error))
            return nil
        }
        guard let generation else { return refuse(CallError("service \(self.name) is down")) }
        guard let command = generation.ledger.commands.first(where: { $0.name == name }) else {
            let names = generation.ledger.commands.map(\.name)
            let near = Suggestion.nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
            let list = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
            return refuse(CallError("service \(self.name) has no command \"\(name)\"; \(near ?? list)"))
        }
        if let error = Service.check(arguments, for: command) { return refuse(error) }
        return command
    }

    private static func check(_ arguments: [(name: String, value: String)], for command: Ledger.Command)
        -> CallError?
    {
        let names = command.parameters.map(\.name)
        var seen: Set<String> = []
        for (name, _) in arguments {
            guard names.contains(name) else {
                let near = Suggestion.nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
                return CallError("\(command.name) takes no \"\(name)\"; \(near ?? "usage: \(command.usage)")")
            }
            guard seen.insert(name).inserted else { return CallError("\"\(name)\" is given twice") }
        }
        for parameter in command.parameters where parameter.isRequired && !seen.contains(parameter.name) {
            return CallError("\"\(parameter.name)\" is missing; usage: \(command.usage)")
        }
        return nil
    }

    private static func call(
        _ command: Ledger.Command,
        _ ticket: UInt64,
        _ arguments: [(name: String, value: String)]
    ) {
        // One buffer for all texts, so that their pointers are good together.
        var bytes: [UInt8] = []
        var places: [(name: Range<Int>, value: Range<Int>)] = []
        for (name, value) in arguments {
            let start = bytes.count
            bytes += Array(name.utf8)
            let middle = bytes.count
            bytes += Array(value.utf8)
            places.append((start..<middle, middle..<bytes.count))
        }
        unsafe bytes.withUnsafeBufferPointer { buffer in
            let named = unsafe places.map { place in
                unsafe pb_named(
                    name: pb_bytes(UnsafeBufferPointer(rebasing: buffer[place.name])),
                    value: pb_value(
                        type: PB_STRING.rawValue,
                        reserved: 0,
                        integer: 0,
                        real: 0,
                        bytes: pb_bytes(UnsafeBufferPointer(rebasing: buffer[place.value]))
                    )
                )
            }
            unsafe named.withUnsafeBufferPointer { named in
                var call = unsafe pb_call(
                    size: UInt32(MemoryLayout<pb_call>.size),
                    reserved: 0,
                    ticket: ticket,
                    arguments: named.baseAddress,
                    argument_count: named.count
                )
                unsafe command.handler.function(command.handler.context, &call)
            }
        }
    }

    /// The commands, one a line, for people.
    func commandList() -> String {
        guard let generation else { return "service \(name) is down" }
        let commands = generation.ledger.commands
        guard !commands.isEmpty else { return "service \(name) has no commands" }
        let width = commands.map(\.usage.count).max() ?? 0
        return commands.map { command in
            let usage = command.usage
            return usage + String(repeating: " ", count: width - usage.count + 2) + command.summary
        }.joined(separator: "\n")
    }
}

extension Ledger.Command {
    /// `user.add user_id= name= [token=]`
    var usage: String {
        ([name] + parameters.map { $0.isRequired ? "\($0.name)=" : "[\($0.name)=]" }).joined(separator: " ")
    }
}
