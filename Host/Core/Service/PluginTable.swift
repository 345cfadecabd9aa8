import PatchbayABI

/// A plugin's descriptor, read out of its `pb_plugin`.
@safe package struct PluginTable {
    package let name: String
    package let version: String
    package let summary: String
    package let stateVersion: UInt32
    package let options: [OptionSchema]
    package let migrations: [String]
    let table: UnsafePointer<pb_plugin>

    /// Nil: the table is no table of this ABI, or lacks what every plugin has.
    init?(_ pointer: UnsafePointer<pb_plugin>) {
        let plugin = unsafe pointer.pointee
        guard unsafe Int(plugin.size) >= MemoryLayout<pb_plugin>.size,
            unsafe Int32(plugin.abi_major) == PB_ABI_MAJOR,
            let name = unsafe plugin.name, unsafe plugin.create != nil, unsafe plugin.destroy != nil
        else { return nil }
        self.name = unsafe String(cString: name)
        version = unsafe PluginTable.text(plugin.version)
        summary = unsafe PluginTable.text(plugin.summary)
        stateVersion = unsafe plugin.state_version
        let given = unsafe UnsafeBufferPointer(
            start: plugin.options,
            count: plugin.options == nil ? 0 : plugin.option_count
        )
        options = unsafe given.map { unsafe PluginTable.option($0) }
        let sql = unsafe UnsafeBufferPointer(
            start: plugin.migrations,
            count: plugin.migrations == nil ? 0 : plugin.migration_count
        )
        migrations = unsafe sql.map { unsafe PluginTable.text($0) }
        unsafe table = pointer
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        guard let pointer = unsafe pointer else { return "" }
        return unsafe String(cString: pointer)
    }

    private static func option(_ option: pb_option) -> OptionSchema {
        let isBounded = unsafe option.minimum != 0 || option.maximum != 0
        return OptionSchema(
            name: unsafe text(option.name),
            kind: unsafe kind(option),
            default: unsafe option.initial.map { unsafe String(cString: $0) },
            isRequired: unsafe option.required != 0,
            minimum: unsafe isBounded ? option.minimum : nil,
            maximum: unsafe isBounded ? option.maximum : nil,
            meaning: unsafe text(option.meaning)
        )
    }

    private static func kind(_ option: pb_option) -> OptionSchema.Kind {
        switch unsafe pb_option_kind(rawValue: option.kind) {
        case PB_OPTION_INTEGER: return .integer
        case PB_OPTION_BOOLEAN: return .boolean
        case PB_OPTION_DURATION: return .duration
        case PB_OPTION_SIZE: return .size
        case PB_OPTION_CHOICE:
            var choices: [String] = []
            guard var next = unsafe option.choices else { return .choice([]) }
            while let choice = unsafe next.pointee {
                choices.append(unsafe String(cString: choice))
                unsafe next += 1
            }
            return .choice(choices)
        default: return .text
        }
    }
}
