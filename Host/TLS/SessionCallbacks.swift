import COpenSSL

/// What OpenSSL asks in the middle of a handshake, each for the session that it concerns.
enum SessionCallbacks {
    /// Which certificate to show.
    static func serverName(_ handle: OpaquePointer?) -> Int32 {
        guard let handle = unsafe handle, let session = unsafe session(of: handle),
            let name = unsafe SSL_get_servername(handle, TLSEXT_NAMETYPE_host_name)
        else { return SSL_TLSEXT_ERR_NOACK }
        let isChosen = unsafe session.context.choose(host: String(cString: name), for: handle)
        return isChosen ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL
    }

    /// HTTP/1.1, or the fatal alert no_application_protocol. RFC 7301 §3.2.
    static func applicationProtocol(
        of offer: UnsafeBufferPointer<UInt8>,
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        _ chosenCount: UnsafeMutablePointer<UInt8>?
    ) -> Int32 {
        var place = 0
        while place < offer.count {
            // OpenSSL has checked that the lengths fit.
            let name = unsafe offer[(place + 1)...].prefix(Int(offer[place]))
            if unsafe name.elementsEqual("http/1.1".utf8) {
                unsafe chosen?.pointee = offer.baseAddress.map { unsafe $0 + place + 1 }
                unsafe chosenCount?.pointee = offer[place]
                return SSL_TLSEXT_ERR_OK
            }
            unsafe place += 1 + name.count
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    /// The key that seals or opens a ticket.
    static func ticketKey(
        _ handle: OpaquePointer?,
        _ name: UnsafeMutablePointer<UInt8>?,
        _ vector: UnsafeMutablePointer<UInt8>?,
        _ cipher: OpaquePointer?,
        _ mac: OpaquePointer?,
        _ isSealing: Int32
    ) -> Int32 {
        guard let handle = unsafe handle, let session = unsafe session(of: handle), let name = unsafe name,
            let vector = unsafe vector, let cipher = unsafe cipher, let mac = unsafe mac
        else { return -1 }
        let keys = session.context.ticketKeys
        guard isSealing == 0 else {
            return unsafe keys.seal(name: name, vector: vector, cipher: cipher, mac: mac)
        }
        let answer = unsafe keys.open(name: name, vector: vector, cipher: cipher, mac: mac)
        // In TLS 1.3 a client uses a ticket once (RFC 8446 §C.4), so each use gets it the next one.
        return unsafe answer == 1 && SSL_version(handle) == TLSVersion.tls13.rawValue ? 2 : answer
    }

    private static func session(of handle: OpaquePointer) -> TLSSession? {
        unsafe TLSStream.stream(of: handle) as? TLSSession
    }
}
