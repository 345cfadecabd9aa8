import PatchbayABI

/// Timers, by the name of `onTimer` and a key. They fire once, and survive reloads.
extension Host {
    /// Starts the timer, or starts it anew when it runs.
    @discardableResult
    public func startTimer(_ name: String, key: some Bytes = "", milliseconds: Int64) -> Status {
        unsafe name.lend { timer in
            unsafe key.lend { Status(unsafe table.pointee.start_timer(context, timer, $0, milliseconds)) }
        }
    }

    /// Stops the timer. `.invalid`: it does not run.
    @discardableResult
    public func stopTimer(_ name: String, key: some Bytes = "") -> Status {
        unsafe name.lend { timer in
            unsafe key.lend { Status(unsafe table.pointee.stop_timer(context, timer, $0)) }
        }
    }

    /// Milliseconds until the timer fires; nil when it does not run.
    public func timerLeft(_ name: String, key: some Bytes = "") -> Int64? {
        let left = unsafe name.lend { timer in
            unsafe key.lend { unsafe table.pointee.timer_left(context, timer, $0) }
        }
        return left >= 0 ? left : nil
    }

    /// Milliseconds from no particular start; never goes back.
    public var monotonicMilliseconds: Int64 { unsafe table.pointee.monotonic(context) }

    /// Milliseconds since 1970-01-01 UTC.
    public var wallMilliseconds: Int64 { unsafe table.pointee.wall(context) }
}
