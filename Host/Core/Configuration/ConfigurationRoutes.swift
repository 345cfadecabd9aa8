/// Who uses which listener and which path, so that no two services get the same one.
struct ConfigurationRoutes {
    /// What an endpoint does with a listener or a path.
    struct Use {
        let kind: EndpointConfiguration.Kind
        let service: String  // its title, for messages
        let position: SourcePosition
        var isImplied = false  // the raw WebSocket that a SockJS prefix brings along
    }

    private struct Listener {
        let isAdmin: Bool
        var firstUse: Use?
    }

    private struct Path: Hashable {
        let listener: String
        let path: String

        var title: String { "\(ConfigurationWord.quoted(path)) of listener \(listener)" }
    }

    private var listeners: [String: Listener] = [:]
    private var listenerNames: [String] = []  // in the order of the file
    private var paths: [Path: [Use]] = [:]  // all uses of a path are of one service

    mutating func add(_ listener: String, isAdmin: Bool) {
        guard listeners[listener] == nil else { return }
        listeners[listener] = Listener(isAdmin: isAdmin)
        listenerNames.append(listener)
    }

    /// Checks that an endpoint may use the listener of a name.
    mutating func use(_ name: ConfigurationWord, _ use: Use, isCounted: Bool, _ errors: inout FoundErrors) {
        guard let listener = listeners[name.text] else {
            return reportUnknown(name, service: use.service, &errors)
        }
        if listener.isAdmin {
            let message = "listener \(name.text) is for administration, not for \(use.service)"
            errors.add(.adminListener, at: name.position, message, "use another listener")
        }
        guard let first = listener.firstUse else {
            if isCounted { listeners[name.text]?.firstUse = use }
            return
        }
        if (first.kind == .stream) != (use.kind == .stream) {
            let message = "listener \(name.text) cannot carry both streams and web"
            let remedy = "use two listeners; \(first.kind.rawValue) is at \(first.position)"
            errors.add(.mixedListener, at: name.position, message, remedy)
        } else if use.kind == .stream, isCounted {
            let message = "listener \(name.text) carries the stream of \(first.service)"
            let remedy = "use another listener; the first is at \(first.position)"
            errors.add(.duplicatePath, at: name.position, message, remedy)
        }
    }

    private func reportUnknown(_ name: ConfigurationWord, service: String, _ errors: inout FoundErrors) {
        errors.add(
            .unknownListener,
            at: name.position,
            "unknown listener \(name.quoted) of \(service)",
            Suggestion.question(nearest: name.text, among: listenerNames)
                ?? "write a listen block of that name"
        )
    }

    /// Takes a path of a listener for an endpoint.
    mutating func add(path: String, on listener: String, _ use: Use, _ errors: inout FoundErrors) {
        take(Path(listener: listener, path: path), use, &errors)
        guard use.kind == .sockjs else { return }
        var raw = Use(kind: .websocket, service: use.service, position: use.position)
        raw.isImplied = true
        take(Path(listener: listener, path: path + "/websocket"), raw, &errors)
    }

    private mutating func take(_ path: Path, _ use: Use, _ errors: inout FoundErrors) {
        let uses = paths[path, default: []]
        if let first = uses.first, first.service != use.service {
            let message = "path \(path.title) belongs to \(first.service)"
            return errors.add(.duplicatePath, at: use.position, message, "the first is at \(first.position)")
        }
        if let first = uses.first(where: { $0.kind == use.kind && !$0.isImplied }), !use.isImplied {
            let message = "\(use.kind.rawValue) \(path.title) stands twice"
            return errors.add(.duplicatePath, at: use.position, message, "the first is at \(first.position)")
        }
        paths[path, default: []].append(use)
    }
}
