import PatchbayABI

/// Lays a manifest out for C. What it allocates is never freed: a plugin's table is valid for ever.
enum Table {
    static func make(_ manifest: Manifest) -> UnsafePointer<pb_plugin> {
        let options = unsafe manifest.options.map { unsafe row(of: $0) }
        let migrations = unsafe manifest.migrations.map { unsafe text($0) as UnsafePointer<CChar>? }
        var table = unsafe pb_plugin()
        unsafe table.size = UInt32(MemoryLayout<pb_plugin>.size)
        unsafe table.abi_major = UInt16(PB_ABI_MAJOR)
        unsafe table.abi_minor = UInt16(PB_ABI_MINOR)
        unsafe table.name = text(manifest.name)
        unsafe table.version = text(manifest.version)
        unsafe table.summary = text(manifest.summary)
        unsafe table.state_version = manifest.stateVersion
        unsafe table.options = array(options)
        unsafe table.option_count = options.count
        unsafe table.migrations = array(migrations)
        unsafe table.migration_count = migrations.count
        unsafe table.create = Life.create
        unsafe table.save = Life.save
        unsafe table.destroy = Life.destroy
        return unsafe array([table])
    }

    private static func row(of option: Option) -> pb_option {
        var row = unsafe pb_option()
        unsafe row.name = text(option.name)
        unsafe row.kind = option.kind
        unsafe row.required = option.isRequired ? 1 : 0
        unsafe row.initial = option.initial.map { unsafe text($0) }
        unsafe row.minimum = option.bounds?.lowerBound ?? 0
        unsafe row.maximum = option.bounds?.upperBound ?? 0
        unsafe row.meaning = text(option.meaning)
        if !option.choices.isEmpty {
            unsafe row.choices = array(
                option.choices.map { unsafe text($0) as UnsafePointer<CChar>? } + [nil]
            )
        }
        return unsafe row
    }

    private static func text(_ string: String) -> UnsafePointer<CChar> {
        unsafe array(string.utf8.map(CChar.init(bitPattern:)) + [0])
    }

    private static func array<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
        for (index, element) in elements.enumerated() {
            unsafe (memory + index).initialize(to: element)
        }
        return unsafe UnsafePointer(memory)
    }
}
