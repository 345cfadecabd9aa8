import Glibc
import Testing

@testable import Net

@Suite struct SocketAddressTests {
    @Test(
        arguments: [
            (.v4(0x7f00_0001), "127.0.0.1:80"),
            (.v4(0), "0.0.0.0:80"),
            (.v4(0xfffe_fdfc), "255.254.253.252:80"),
            (.v6(high: 0, low: 0), "[::]:80"),
            (.v6(high: 0, low: 1), "[::1]:80"),
            (.v6(high: 0x2001_0db8_0000_0000, low: 10), "[2001:db8::a]:80"),
            (.v6(high: 0x1_0002_0003_0004, low: 0x5_0006_0007_0008), "[1:2:3:4:5:6:7:8]:80"),
            (.v6(high: 0xfe80 << 48, low: 0), "[fe80::]:80"),
            (.v6(high: .max, low: .max), "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:80"),
            (.v6(high: 0, low: 0xfffe_c000_0201), "[::fffe:c000:201]:80"),
        ] as [(SocketAddress.Host, String)]
    )
    func `an address is printed in its shortest form`(host: SocketAddress.Host, printed: String) {
        #expect(SocketAddress(host: host, port: 80).description == printed)
    }

    @Test(
        arguments: [
            ([127, 0, 0, 1], "127.0.0.1:9"),
            ([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10], "[2001:db8::a]:9"),
        ] as [([UInt8], String)]
    )
    func `4 or 16 bytes are an address`(bytes: [UInt8], printed: String) {
        #expect(SocketAddress(bytes: bytes, port: 9)?.description == printed)
    }

    @Test(arguments: [0, 1, 3, 5, 8, 15, 17])
    func `another number of bytes is none`(count: Int) {
        #expect(SocketAddress(bytes: [UInt8](repeating: 1, count: count), port: 9) == nil)
    }

    @Test(
        arguments: [
            (SocketAddress(host: .v4(0x0a00_0001), port: 1), "10.0.0.1", "10.0.0.1:1"),
            (SocketAddress(host: .v6(high: 0, low: 1), port: .max), "::1", "[::1]:65535"),
            (SocketAddress(host: .unix(""), port: 0), "unix", "unix:"),
            (SocketAddress(host: .unix("/run/a b"), port: 0), "/run/a b", "unix:/run/a b"),
        ]
    )
    func `the host is printed alone, and with its port`(address: SocketAddress, host: String, whole: String) {
        #expect(address.hostText == host)
        #expect(address.description == whole)
    }

    @Test(
        arguments: [
            .v4(0x0a01_0203), .v4(.max), .v6(high: 0, low: 1), .v6(high: 0x2001_0db8_0000_0000, low: 10),
        ] as [SocketAddress.Host]
    )
    func `an address comes back from the kernel's form as it was`(host: SocketAddress.Host) {
        let address = SocketAddress(host: host, port: 0x1234)
        #expect(address.throughKernelForm() == address)
    }

    @Test func `an IPv4 address that came as IPv6 is the IPv4 address`() {
        let mapped = SocketAddress(host: .v6(high: 0, low: 0xffff_c000_0201), port: 9)
        #expect(mapped.throughKernelForm() == SocketAddress(host: .v4(0xc000_0201), port: 9))
    }
}

extension SocketAddress {
    /// The address after it was handed to the kernel and back.
    fileprivate func throughKernelForm() -> SocketAddress {
        unsafe withSockaddr { pointer, length in
            var storage = sockaddr_storage()
            unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: Int(length)))
            }
            return SocketAddress(storage)
        }
    }
}
