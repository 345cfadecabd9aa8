/// The kinds of blocks, and the directives that each knows.
enum ConfigurationBlock {
    case file
    case listen
    case service
    case tls

    /// The kind of a block inside this one, by the directive it belongs to; nil for one that is not known.
    func inner(_ name: String) -> ConfigurationBlock? {
        switch (self, name) {
        case (.file, "listen"): .listen
        case (.file, "service"): .service
        case (.listen, "tls"): .tls
        default: nil
        }
    }

    /// For messages: where an unknown directive stands.
    var place: String {
        switch self {
        case .file: "at top level"
        case .listen: "in a listen block"
        case .service: "in a service block"
        case .tls: "in a tls block"
        }
    }

    func knows(_ name: String) -> Bool { forms.contains { $0.name == name } }

    /// The remedy for a directive that is not written as it should be.
    func advice(_ name: String) -> String {
        "write: \(forms.first { $0.name == name }?.form ?? "\(name) …;")"
    }

    /// The remedy for a directive that this block does not know.
    func advice(unknown name: String) -> String {
        let home = [ConfigurationBlock.file, .service, .listen, .tls].first { $0.knows(name) }
        if let home { return "it belongs \(home.place)" }
        if let question = Suggestion.question(nearest: name, among: forms.map(\.name)) { return question }
        if self == .service { return "an option of the plugin is written: option NAME VALUE;" }
        return "known are \(forms.map(\.name).sorted().joined(separator: ", "))"
    }

    private var forms: [(name: String, form: String)] {
        switch self {
        case .file: Self.fileForms
        case .listen: Self.listenForms
        case .service: Self.serviceForms
        case .tls: Self.tlsForms
        }
    }

    private static let includeForms = [(name: "include", form: "include DIR/*.conf;")]

    private static let sharedForms: [(name: String, form: String)] = [
        (name: "limit", form: "limit NAME VALUE;"), ("origins", "origins ORIGIN…;"),
        ("back_ends", "back_ends ADDRESS…;"), ("lane", "lane shared|own;"), ("watch", "watch on|off;"),
        ("isolate", "isolate on|off;"), ("compression", "compression off|on|takeover;"),
        ("sockjs_websocket", "sockjs_websocket on|off;"), ("sockjs_cookie", "sockjs_cookie on|off;"),
        ("sockjs_script", "sockjs_script URL;"),
    ]

    /// The directives that a service knows, and the top level as the default for all.
    static let sharedNames = Set(sharedForms.map(\.name))

    private static let fileForms =
        [
            (name: "state", form: "state DIR;"), ("loops", "loops auto|N;"),
            ("engine", "engine auto|io_uring|epoll;"), ("plugin_path", "plugin_path DIR…;"),
            ("log", "log error|warning|info|debug;"), ("drain", "drain TIME;"),
            ("http_authorities", "http_authorities FILE;"),
            ("listen", "listen NAME { … }"), ("service", "service NAME { … }"),
            ("supervise", "supervise on|off;"),
        ] + sharedForms + includeForms

    private static let listenForms =
        [
            (name: "address", form: "address HOST:PORT;"), ("unix", "unix PATH [mode 0660];"),
            ("admin", "admin;"),
            ("tls", "tls { … }"), ("origins", "origins ORIGIN…;"),
            ("proxy_protocol", "proxy_protocol on|off;"),
            ("trust_forwarded", "trust_forwarded ADDRESS…|unix;"),
        ] + includeForms

    private static let serviceForms =
        [
            (name: "plugin", form: "plugin NAME;"), ("websocket", "websocket LISTENER PATH… [ENDPOINT];"),
            ("sockjs", "sockjs LISTENER PATH… [ENDPOINT];"), ("http", "http LISTENER PATH… [ENDPOINT];"),
            ("stream", "stream LISTENER [ENDPOINT] [FRAMING…];"), ("option", "option NAME VALUE…;"),
        ] + sharedForms + includeForms

    private static let tlsForms =
        [
            (name: "certificate", form: "certificate FILE;"), ("key", "key FILE;"), ("host", "host NAME…;"),
            ("clients", "clients FILE [required];"),
        ] + includeForms
}
