import PatchbayABI

// A plugin's functions, each with the pointer that it wants to be handed back.

@safe struct AuthHandler {
    let function: pb_on_auth
    let context: UnsafeMutableRawPointer?

    func call(_ who: ConnectionHandle, _ upgrade: Request) {
        unsafe upgrade.lend(ticket: 0) { unsafe function(context, who.plugin, $0) }
    }
}

@safe struct OpenHandler {
    let function: pb_on_open
    let context: UnsafeMutableRawPointer?

    func call(_ who: ConnectionHandle) { unsafe function(context, who.plugin) }
}

@safe struct CloseHandler {
    let function: pb_on_close
    let context: UnsafeMutableRawPointer?

    func call(_ who: ConnectionHandle, code: UInt16, reason: Span<UInt8>) {
        unsafe reason.withPluginBytes { unsafe function(context, who.plugin, UInt32(code), $0) }
    }
}

@safe struct MessageHandler {
    let function: pb_on_message
    let context: UnsafeMutableRawPointer?
}

@safe struct RequestHandler {
    let function: pb_on_request
    let context: UnsafeMutableRawPointer?
}

@safe struct RefusedHandler {
    let function: pb_on_refused
    let context: UnsafeMutableRawPointer?
}

@safe struct TimerHandler {
    let function: pb_on_timer
    let context: UnsafeMutableRawPointer?

    func call(_ key: [UInt8]) {
        unsafe key.withPluginBytes { unsafe function(context, $0) }
    }
}

@safe struct ClaimHandler {
    let function: pb_on_claim
    let context: UnsafeMutableRawPointer?

    func call(_ who: ConnectionHandle, _ name: [UInt8]) {
        unsafe name.withPluginBytes { unsafe function(context, who.plugin, $0) }
    }
}

@safe struct CommandHandler {
    let function: pb_on_command
    let context: UnsafeMutableRawPointer?
}
