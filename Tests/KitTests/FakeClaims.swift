import PatchbayABI

extension FakeHost {
    /// Kind 3 is all that there is; `held` and `names` give "Foo" of 1 and "Bar" of 2.
    nonisolated(unsafe) static let claimTable: UnsafePointer<pb_claims> = {
        let memory = UnsafeMutablePointer<pb_claims>.allocate(capacity: 1)
        unsafe memory.initialize(to: pb_claims())
        unsafe memory.pointee.size = UInt32(MemoryLayout<pb_claims>.size)
        unsafe memory.pointee.kind = { _, kind in
            guard let kind = unsafe kind?.pointee else { return -4 }
            let name = unsafe FakeHost.text(kind.name)
            unsafe FakeHost.current.claims.append("kind \(name) \(kind.mode) \(kind.milliseconds)")
            let answer = unsafe FakeHost.add(
                Registration(name: name, lost: kind.lost, granted: kind.granted, address: kind.`self`)
            )
            return answer < 0 ? answer : 3
        }
        unsafe memory.pointee.claim = { _, kind, name, who, holder in
            unsafe FakeHost.current.claims.append("claim \(kind) \(FakeHost.text(name)) \(who.bits)")
            unsafe holder?.pointee = pb_connection(bits: 9)
            return unsafe FakeHost.current.claimAnswer
        }
        unsafe memory.pointee.release = { _, kind, name, who in
            unsafe FakeHost.current.claims.append("release \(kind) \(FakeHost.text(name)) \(who.bits)")
            return unsafe FakeHost.text(name) == "Foo" ? 0 : -4
        }
        unsafe memory.pointee.confirm = { _, kind, name, who in
            unsafe FakeHost.current.claims.append("confirm \(kind) \(FakeHost.text(name)) \(who.bits)")
            return unsafe FakeHost.text(name) == "Foo" ? 0 : -4
        }
        unsafe memory.pointee.leave_queues = { _, kind, who in
            unsafe FakeHost.current.claims.append("leave queues \(kind) \(who.bits)")
            return 2
        }
        unsafe memory.pointee.holder = { _, _, name, who in
            unsafe who?.pointee = pb_connection(bits: 9)
            return unsafe FakeHost.text(name) == "Foo" ? 0 : -1
        }
        unsafe memory.pointee.held = { _, kind, prefix, most, each, user in
            unsafe FakeHost.current.claims.append("held \(kind) \(FakeHost.text(prefix)) \(most)")
            return unsafe FakeHost.give(each, user)
        }
        unsafe memory.pointee.names = { _, kind, who, each, user in
            unsafe FakeHost.current.claims.append("names \(kind) \(who.bits)")
            return unsafe FakeHost.give(each, user)
        }
        return unsafe UnsafePointer(memory)
    }()

    private static func give(_ each: pb_on_held?, _ user: UnsafeMutableRawPointer?) -> Int32 {
        for (name, bits) in [("Foo", 1), ("Bar", 2)] {
            var name = name
            name.withUTF8 { buffer in
                unsafe each?(
                    user,
                    pb_bytes(data: buffer.baseAddress, count: buffer.count),
                    pb_connection(bits: UInt64(bits))
                )
            }
        }
        return 2
    }
}
