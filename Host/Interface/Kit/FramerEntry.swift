import PatchbayABI
import Synchronization

/// Calls the framer of a service that C does not know.
class AnyFramer: @unchecked Sendable {  // without any state
    func frame(_ bytes: Span<UInt8>) -> Frame { .wrong }
}

/// Calls the framer of one service.
final class ServiceFramer<S: Framer>: AnyFramer, @unchecked Sendable {
    override func frame(_ bytes: Span<UInt8>) -> Frame { S.frame(bytes) }
}

/// This plugin's framer. The host's call brings no `self`, and every plugin holds its own copy of this module.
let pluginFramer = Mutex<AnyFramer?>(nil)

extension Entry {
    static let framer: pb_framer = { bytes, message in
        guard let framer = pluginFramer.withLock({ $0 }) else { return -1 }
        let all = unsafe bytes.buffer
        switch unsafe framer.frame(all.span) {
        case .needMore:
            return 0
        case .message(let range, let used):
            guard range.lowerBound >= 0, range.upperBound <= used, used <= all.count, used > 0 else {
                return -1
            }
            unsafe message?.pointee = pb_bytes(
                data: all.baseAddress.map { unsafe $0 + range.lowerBound },
                count: range.count
            )
            return Int64(used)
        case .wrong:
            return -1
        }
    }
}
