import Glibc

/// What libFuzzer calls with each input. FUZZ_TARGET names what reads it: Tests/fuzz runs one after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    target(bytes)
    return 0
}

private let target: @Sendable ([UInt8]) -> Void = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    switch name {
    case "json": return { fuzzJSON($0.span) }
    case "requests": return fuzzRequests
    case "answers": return fuzzAnswers
    case "frames": return fuzzMessageReader
    case "streams": return fuzzStreamReader
    case "proxy": return fuzzProxyReader
    case "deflate": return fuzzDeflate
    case "sockjs": return fuzzSockJS
    case "elf": return fuzzElfNote
    case "configuration": return fuzzConfiguration
    case "outbox": return fuzzOutbox
    case "tls": return fuzzTLS
    case "server": return fuzzServer
    default:
        fatalError(
            "FUZZ_TARGET=\"\(name)\": there are json, requests, answers, frames, streams, proxy, deflate, sockjs, tls, elf, configuration, outbox and server"
        )
    }
}()
