public import PatchbayABI
import PatchbayKit

/// The plugin's only export; `@implementation` has the compiler check it against patchbay.h.
@c @implementation
public func patchbay_plugin() -> UnsafePointer<pb_plugin>! { unsafe Export.table(VKChatService.self) }

/// PB_NOTE("VKChat"): sizes of name and description, type, "patchbay", ABI 1.3, and the name in 32 bytes.
@section(".note.patchbay") @used
let note:
    (
        UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt16, UInt16,
        UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32
    ) = (
        9, 36, 1, 0x6374_6170, 0x7961_6268, 0, 1, 3,
        0x6843_4b56, 0x0000_7461, 0, 0, 0, 0, 0, 0
    )
