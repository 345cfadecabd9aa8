import Crypto
import PatchbayABI

extension HostTable {
    static func addSealing(_ table: inout pb_secrets) {
        unsafe table.seal = { _, key, clear, associated, sealed in
            guard let key = unsafe key, let sealed = unsafe sealed,
                unsafe max(clear.count, associated.count) <= Sealing.longest
            else { return Int64(PB_INVALID.rawValue) }
            let key32 = unsafe UnsafeBufferPointer(start: key, count: Sealing.keyCount)
            let bytes = unsafe Sealing.seal(
                clear.buffer.span,
                key: key32.span,
                associated: associated.buffer.span
            )
            return unsafe HostTable.give(bytes, sealed)
        }
        unsafe table.open = { _, key, sealed, associated, clear in
            guard let key = unsafe key else { return Int64(PB_INVALID.rawValue) }
            let key32 = unsafe UnsafeBufferPointer(start: key, count: Sealing.keyCount)
            let bytes = unsafe Sealing.open(
                sealed.buffer.span,
                key: key32.span,
                associated: associated.buffer.span
            )
            guard let bytes else { return Int64(PB_INVALID.rawValue) }
            if bytes.isEmpty { return 0 }
            guard let clear = unsafe clear else { return Int64(PB_INVALID.rawValue) }
            return unsafe HostTable.give(bytes, clear)
        }
    }

    /// Copies a result to the plugin's memory. Answers how many bytes it has.
    private static func give(_ bytes: [UInt8], _ target: UnsafeMutablePointer<UInt8>) -> Int64 {
        let all = unsafe UnsafeMutableBufferPointer(start: target, count: bytes.count)
        _ = unsafe all.initialize(fromContentsOf: bytes)
        return Int64(bytes.count)
    }
}
