/// The sets of bytes that HTTP is made of, as 128-bit tables: a test is two shifts, without a branch.
enum Grammar {
    /// What a method or a field name is made of. RFC 9110 §5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        isMember(byte, of: (0x03ff_6cfa_0000_0000, 0x57ff_ffff_c7ff_fffe))
    }

    /// Visible ASCII without `"`, `#`, `<` and `>`: RFC 3986 with the few more that browsers send in
    /// queries as they are (WHATWG URL, query percent-encode set).
    static func isTarget(_ byte: UInt8) -> Bool {
        isMember(byte, of: (0xafff_fff2_0000_0000, 0x7fff_ffff_ffff_ffff))
    }

    /// What a host with a port is made of. RFC 3986 §3.2.2, §3.2.3; no user, that is no `@`.
    static func isHost(_ byte: UInt8) -> Bool {
        isMember(byte, of: (0x2fff_7ff2_0000_0000, 0x47ff_fffe_afff_fffe))
    }

    /// What a field value and a quoted string are made of: no control byte but the tab. RFC 9110 §5.5.
    static func isText(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7f) || byte == 0x09 }

    private static func isMember(_ byte: UInt8, of table: (UInt64, UInt64)) -> Bool {
        (byte < 64 ? table.0 >> UInt64(byte) : table.1 >> UInt64(byte & 63)) & (byte < 128 ? 1 : 0) != 0
    }

    /// Letters A to Z as a to z, everything else as it is.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }
}
