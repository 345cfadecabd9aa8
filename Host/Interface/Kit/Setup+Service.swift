import PatchbayABI

/// What belongs to the whole service: its timers and its administration commands.
extension Setup {
    /// Handles timers of that name; the key is the one that the timer was started with.
    public func onTimer(_ name: String, _ body: @escaping (S, [UInt8]) -> Void) {
        let handler = instance.keep(TimerHandler(instance, body))
        let status = unsafe name.lend {
            Status(unsafe host.table.pointee.on_timer(host.context, $0, Entry.timer, handler.address))
        }
        note(status, "timer", name)
    }

    /// Handles an administration command. A missing required parameter is refused by the host.
    public func onCommand(
        _ name: String,
        summary: String = "",
        parameters: [Parameter] = [],
        _ body: @escaping (S, Call) -> Void
    ) {
        let handler = instance.keep(CommandHandler(instance, body))
        let texts = parameters.map { (key: $0.name, value: $0.meaning) }
        let status = unsafe NamedTexts(texts).lend { named, count in
            let rows = unsafe zip(UnsafeBufferPointer(start: named, count: count), parameters).map {
                pair,
                parameter in
                unsafe pb_parameter(
                    name: pair.name,
                    flags: parameter.flags,
                    reserved: 0,
                    meaning: pair.value.bytes
                )
            }
            return unsafe register(name, summary, rows, handler)
        }
        note(status, "command", name)
    }

    private func register(_ name: String, _ summary: String, _ rows: [pb_parameter], _ handler: Handler)
        -> Status
    {
        unsafe rows.withUnsafeBufferPointer { parameters in
            unsafe name.lend { name in
                unsafe summary.lend { summary in
                    var table = unsafe pb_command()
                    unsafe table.size = UInt32(MemoryLayout<pb_command>.size)
                    unsafe table.name = name
                    unsafe table.summary = summary
                    unsafe table.parameters = parameters.baseAddress
                    unsafe table.parameter_count = parameters.count
                    let call = unsafe host.table.pointee.on_command
                    return Status(unsafe call?(host.context, &table, Entry.command, handler.address) ?? -5)
                }
            }
        }
    }
}
