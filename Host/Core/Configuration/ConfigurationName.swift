/// Names of listeners, services, endpoints and plugins: they become parts of file names and of metrics.
enum ConfigurationName {
    static let longest = 64  // bytes

    static func isValid(_ name: String) -> Bool {
        guard (1...longest).contains(name.utf8.count) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
