import Glibc

/// The addresses of a host, as the system knows them (getaddrinfo): it waits for as long as that takes.
package enum HostLookup {
    package struct Failure: Error, Equatable, Sendable {
        /// What the C library says.
        package let sentence: String

        package init(_ sentence: String) { self.sentence = sentence }
    }

    /// At least one, in the order in which they are to be tried.
    package static func addresses(of host: String, port: UInt16) -> Result<[SocketAddress], Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            guard code != EAI_SYSTEM else { return .failure(Failure(SystemError.text(errno))) }
            let text = unsafe gai_strerror(code).map { unsafe String(cString: $0) }
            return .failure(Failure(text ?? "error \(code)"))
        }
        defer { unsafe freeaddrinfo(first) }
        var found: [SocketAddress] = []
        var next = unsafe first
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            guard let given = unsafe entry.pointee.ai_addr else { continue }
            var storage = sockaddr_storage()
            let count = unsafe min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            unsafe withUnsafeMutableBytes(of: &storage) { target in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: given, count: count))
            }
            guard let bytes = SocketAddress(storage).bytes,
                let address = SocketAddress(bytes: bytes, port: port)
            else { continue }
            if !found.contains(address) { found.append(address) }
        }
        return found.isEmpty ? .failure(Failure("it has no address")) : .success(found)
    }
}
