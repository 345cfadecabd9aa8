import Wire

/// The PROXY header of a connection, while it is read.
final class ProxyPreface {
    var reader = ProxyReader()
}
