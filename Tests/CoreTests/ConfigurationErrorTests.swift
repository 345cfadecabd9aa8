import Core
import Testing

/// Each text with the error it prints, to the letter. `web` stands before every row that begins with `+`: it has a
/// listener of that name in line 1, and the row begins in line 2.
@Suite struct ConfigurationErrorTests {
    struct Row: CustomTestStringConvertible {
        let text: String
        let error: String
        init(_ text: String, _ error: String) {
            self.text = text
            self.error = error
        }
        var testDescription: String { text }
    }

    private static let start = "listen web { address 127.0.0.1:0; }\n"

    private func check(_ row: Row) {
        let text = row.text.hasPrefix("+") ? Self.start + row.text.dropFirst() : row.text
        let fixture = ConfigurationFixture(text, environment: ["SECRET": "hush"])
        #expect(fixture.errors == "plugins.conf:" + row.error)
    }

    @Test(arguments: marks) func `a mark that is wrong is named`(row: Row) { check(row) }
    private static let marks = [
        Row("state var", #"1:1: no ";" after "state"; end every directive with ";""#),
        Row("state var\nloops auto;", #"1:1: no ";" after "state"; end every directive with ";""#),
        Row("loops auto;;", #"1:12: ";" with nothing before it; remove it"#),
        Row("}", #"1:1: "}" closes no block; remove it"#),
        Row("{ state a; }", #"1:1: "{" with nothing before it; write listen NAME or service NAME before it"#),
        Row("listen web { address *:0;", #"1:12: this block of "listen" is never closed; close it with "}""#),
        Row("listen web { address *:0 }", #"1:14: no ";" after "address"; end every directive with ";""#),
        Row("state \"var;\nloops 1;", "1:7: this string has no end; close it with a quotation mark"),
        Row("state \"var\\", "1:7: this string has no end; close it with a quotation mark"),
        Row(
            #"state "a\nb";"#,
            #"1:9: a backslash in a string stands only before ", \ or $; write \\ for the backslash itself"#
        ),
        Row(
            #"state "a"b;"#,
            #"1:10: no space before or after a string; separate the two, or put \" for a quotation mark inside a string"#
        ),
        Row(
            #"state a"b" c;"#,
            #"1:1: state has the wrong number of values, 2; write: state DIR;\#nplugins.conf:1:8: no space before or after a string; separate the two, or put \" for a quotation mark inside a string"#
        ),
        Row(
            "a{b{c{d{e{f{g{h{i{j{k l;}}}}}}}}}} loops 0;",
            """
            1:1: unknown directive "a" at top level; known are back_ends, compression, drain, engine, http_authorities, include, \
            isolate, lane, limit, listen, log, loops, origins, plugin_path, service, sockjs_cookie, sockjs_script, \
            sockjs_websocket, state, supervise, watch
            plugins.conf:1:18: blocks are nested deeper than 8; no block needs more than two levels
            plugins.conf:1:42: "0" is out of range for loops; allowed: 1 to 64
            """
        ),
    ]

    @Test(arguments: directives) func `a directive that is unknown, misplaced or has wrong values is named`(
        row: Row
    ) { check(row) }
    private static let directives = [
        Row("stat var;", #"1:1: unknown directive "stat" at top level; did you mean "state"?"#),
        Row("plugin GG;", #"1:1: unknown directive "plugin" at top level; it belongs in a service block"#),
        Row(
            "xyzzy 1;",
            #"1:1: unknown directive "xyzzy" at top level; known are back_ends, compression, drain, engine, http_authorities, include, isolate, lane, limit, listen, log, loops, origins, plugin_path, service, sockjs_cookie, sockjs_script, sockjs_websocket, state, supervise, watch"#
        ),
        Row(
            "listen web { adress *:80; }",
            #"1:8: listener web has no address; write: address HOST:PORT; or: unix PATH;\#nplugins.conf:1:14: unknown directive "adress" in a listen block; did you mean "address"?"#
        ),
        Row(
            "listen web { address *:0; host a; }",
            #"1:27: unknown directive "host" in a listen block; it belongs in a tls block"#
        ),
        Row("state;", "1:1: state has the wrong number of values, none; write: state DIR;"),
        Row("state a b;", "1:1: state has the wrong number of values, 2; write: state DIR;"),
        Row(#"state "";"#, "1:7: state has an empty value; write: state DIR;"),
        Row("state a { b; }", "1:1: state has a block; write: state DIR;"),
        Row("state a; loops 1; state b;", "1:19: state stands twice; the first is at plugins.conf:1:1"),
        Row("engine epol;", #"1:8: "epol" is no value for engine; did you mean "epoll"?"#),
        Row("engine kqueue;", #"1:8: "kqueue" is no value for engine; write: engine auto|io_uring|epoll;"#),
        Row("log verbose;", #"1:5: "verbose" is no value for log; write: log error|warning|info|debug;"#),
        Row("watch yes;", #"1:7: "yes" is no value for watch; write: watch on|off;"#),
        Row("watch onn;", #"1:7: "onn" is no value for watch; did you mean "on"?"#),
        Row(
            "compression deflate;",
            #"1:13: "deflate" is no value for compression; write: compression off|on|takeover;"#
        ),
        Row(
            "compression takover;",
            #"1:13: "takover" is no value for compression; did you mean "takeover"?"#
        ),
        Row(
            "sockjs_cookie yes;",
            #"1:15: "yes" is no value for sockjs_cookie; write: sockjs_cookie on|off;"#
        ),
        Row(
            "sockjs_websocket offf;",
            #"1:18: "offf" is no value for sockjs_websocket; did you mean "off"?"#
        ),
        Row(
            "sockjs_cooky on;",
            #"1:1: unknown directive "sockjs_cooky" at top level; did you mean "sockjs_cookie"?"#
        ),
        Row(
            "sockjs_script sockjs.js;",
            #"1:15: "sockjs.js" is not the URL of a script; write one such as https://example.com/sockjs.min.js or /sockjs.min.js"#
        ),
        Row(
            "sockjs_script /a<b;",
            #"1:15: "/a<b" is not the URL of a script; write one such as https://example.com/sockjs.min.js or /sockjs.min.js"#
        ),
        Row(
            "sockjs_script https://;",
            #"1:15: "https://" is not the URL of a script; write one such as https://example.com/sockjs.min.js or /sockjs.min.js"#
        ),
        Row("lane mine;", #"1:6: "mine" is no value for lane; write: lane shared|own;"#),
        Row(
            "+service gg { plugin GG; http web /a; histroy 1000; }",
            #"2:38: unknown directive "histroy" in a service block; an option of the plugin is written: option NAME VALUE;"#
        ),
        Row(
            "websocket web /a\nstate x;",
            #"1:1: no ";" after "websocket"; end every directive with ";"\#nplugins.conf:1:1: unknown directive "websocket" at top level; it belongs in a service block"#
        ),
        Row(
            "+service gg { plugin GG; http web /a; foo { bar; } }",
            #"2:38: unknown directive "foo" in a service block; an option of the plugin is written: option NAME VALUE;"#
        ),
        Row(
            "service { }",
            "1:1: service has the wrong number of values, none; write: service NAME { … }\nplugins.conf:1:1: this service has no plugin; write: plugin NAME;\nplugins.conf:1:1: this service has no endpoint; write: websocket LISTENER PATH; or another endpoint"
        ),
    ]

    @Test(arguments: numbers) func `a number that is wrong is named with what is allowed`(row: Row) {
        check(row)
    }
    private static let numbers = [
        Row("loops 65;", #"1:7: "65" is out of range for loops; allowed: 1 to 64"#),
        Row("loops 0;", #"1:7: "0" is out of range for loops; allowed: 1 to 64"#),
        Row("loops many;", #"1:7: loops needs a whole number, not "many"; write digits only, such as 10"#),
        Row("loops -1;", #"1:7: "-1" is out of range for loops; allowed: 1 to 64"#),
        Row(
            "loops 99999999999999999999;",
            #"1:7: "99999999999999999999" is out of range for loops; write a smaller number"#
        ),
        Row("drain 10;", #"1:7: "10" for drain has no unit; write a number with ms, s, m or h, such as 10s"#),
        Row(
            "drain 10sec;",
            #"1:7: unknown unit in "10sec" for drain; write a number with ms, s, m or h, such as 10s"#
        ),
        Row(
            "drain ten;",
            #"1:7: drain needs a duration, not "ten"; write a number with ms, s, m or h, such as 10s"#
        ),
        Row("drain 2h;", #"1:7: "2h" is out of range for drain; allowed: 0s to 1h"#),
        Row(
            "loops $env{SECRET};",
            #"1:7: loops needs a whole number, not "$env{SECRET}"; write digits only, such as 10"#
        ),
    ]

    @Test(arguments: limits) func `a limit that is wrong is named with how it is written`(row: Row) {
        check(row)
    }
    private static let limits = [
        Row("limit mesage 1k;", #"1:7: unknown limit "mesage"; did you mean "message"?"#),
        Row(
            "limit speed 1k;",
            #"1:7: unknown limit "speed"; known are auth_failures, body_time, bytes, compress, connections, connections_per_address, connections_per_principal, handshake, head, head_time, idle, login, message, outbox, queries, queue, rate, sockjs_response"#
        ),
        Row("limit;", "1:1: limit has the wrong number of values, none; write: limit NAME VALUE;"),
        Row("limit message;", "1:1: limit message has the wrong values; write: limit message SIZE;"),
        Row("limit message 1k 2k;", "1:1: limit message has the wrong values; write: limit message SIZE;"),
        Row("limit message 0;", #"1:15: "0" is out of range for limit message; allowed: 1 to 1g"#),
        Row(
            "limit message 1kb;",
            #"1:15: unknown unit in "1kb" for limit message; write bytes, or a number with k, m or g, such as 64k"#
        ),
        Row(
            "limit message 10s;",
            #"1:15: unknown unit in "10s" for limit message; write bytes, or a number with k, m or g, such as 64k"#
        ),
        Row(
            "limit message 64k; limit message 1k;",
            "1:20: limit message stands twice; the first is at plugins.conf:1:1"
        ),
        Row(
            "limit rate 10;",
            #"1:12: "10" for limit rate does not end in /s; write: limit rate R/s burst B;"#
        ),
        Row(
            "limit rate 10/m burst 3;",
            #"1:12: "10/m" for limit rate does not end in /s; write: limit rate R/s burst B;"#
        ),
        Row(
            "limit rate 10/s bursts 3;",
            "1:1: limit rate has the wrong values; write: limit rate R/s burst B;"
        ),
        Row(
            "limit rate x/s;",
            #"1:12: limit rate needs a whole number, not "x"; write digits only, such as 10"#
        ),
        Row(
            "limit rate 10/s burst 0;",
            #"1:23: "0" is out of range for the burst of limit rate; allowed: 1 to 10000000"#
        ),
        Row(
            "limit bytes 64k;",
            #"1:13: "64k" for limit bytes does not end in /s; write: limit bytes SIZE/s;"#
        ),
        Row(
            "limit bytes 64q/s;",
            #"1:13: unknown unit in "64q" for limit bytes; write bytes, or a number with k, m or g, such as 64k"#
        ),
        Row(
            "limit auth_failures 10/s;",
            #"1:21: "10/s" for limit auth_failures does not end in /m; write: limit auth_failures N/m;"#
        ),
        Row(
            "limit message none;",
            #"1:15: limit message needs a size, not "none"; write bytes, or a number with k, m or g, such as 64k"#
        ),
        Row(
            "limit auth_failures 1001/m;",
            #"1:21: "1001" is out of range for limit auth_failures; allowed: 1 to 1000"#
        ),
        Row("limit head 10;", #"1:12: "10" is out of range for limit head; allowed: 1k to 1m"#),
        Row("limit handshake 0s;", #"1:17: "0s" is out of range for limit handshake; allowed: 1ms to 24h"#),
        Row(
            "limit body_time 30;",
            #"1:17: "30" for limit body_time has no unit; write a number with ms, s, m or h, such as 10s"#
        ),
        Row("limit compress 2g;", #"1:16: "2g" is out of range for limit compress; allowed: 0 to 1g"#),
        Row(
            "limit sockjs_response 0;",
            #"1:23: "0" is out of range for limit sockjs_response; allowed: 1 to 1g"#
        ),
        Row(
            "limit sockjs_respons 1k;",
            #"1:7: unknown limit "sockjs_respons"; did you mean "sockjs_response"?"#
        ),
        Row(
            "+service a { plugin A; http web /a; limit head 2k; }",
            "2:42: limit head holds before the service of a connection is known; it belongs at top level"
        ),
        Row(
            "+service a { plugin A; http web /a; limit head_time 2s; }",
            "2:42: limit head_time holds before the service of a connection is known; it belongs at top level"
        ),
        Row(
            "+service a { plugin A; http web /a; limit handshake 2s; }",
            "2:42: limit handshake holds before the service of a connection is known; it belongs at top level"
        ),
        Row("limit login 0s;", #"1:13: "0s" is out of range for limit login; allowed: 1ms to 24h"#),
        Row(
            "limit idle 25;",
            #"1:12: "25" for limit idle has no unit; write a number with ms, s, m or h, such as 10s"#
        ),
        Row(
            "limit connections 5k;",
            #"1:19: limit connections needs a whole number, not "5k"; write digits only, such as 10"#
        ),
    ]

    @Test(arguments: addresses) func `an address or origin that is wrong is named with one that is right`(
        row: Row
    ) { check(row) }
    private static let addresses = [
        Row(
            "origins example.com;",
            #"1:9: "example.com" is not an origin; write one such as https://example.com, without a path"#
        ),
        Row(
            "origins https://example.com/;",
            #"1:9: "https://example.com/" is not an origin; write one such as https://example.com, without a path"#
        ),
        Row(
            "back_ends localhost;",
            #"1:11: "localhost" is not an IP address; write one such as 10.0.0.7 or 10.0.0.0/8, or unix"#
        ),
        Row(
            "back_ends 10.0.0.0/33;",
            #"1:11: "10.0.0.0/33" is not an IP address; write one such as 10.0.0.7 or 10.0.0.0/8, or unix"#
        ),
    ]

    @Test(arguments: files) func `a variable or file that is missing is named`(row: Row) { check(row) }
    private static let files = [
        Row(
            "state $env{HOME};",
            #"1:7: the environment variable "HOME" is not set; set it before the server starts"#
        ),
        Row(
            "state $env{1X};",
            "1:7: this is not the name of a variable; write $env{NAME}, its name of letters, digits and _"
        ),
        Row(
            "state $env{A-B}/x;",
            "1:7: this is not the name of a variable; write $env{NAME}, its name of letters, digits and _"
        ),
        Row(
            #"state "$env{A";"#,
            "1:8: this is not the name of a variable; write $env{NAME}, its name of letters, digits and _"
        ),
        Row(
            "include a.conf;",
            #"1:9: "a.conf" cannot be read: there is no such file or directory; correct the name, or remove the include"#
        ),
        Row(
            "include d/*.conf;",
            #"1:9: the directory "d/" cannot be read: there is no such file or directory; create it, or remove the include"#
        ),
        Row("include;", "1:1: include needs one pattern; write: include DIR/*.conf;"),
        Row(
            "include */a.conf;",
            #"1:9: "*/a.conf" is not a pattern for files; use * only in the last part, as in DIR/*.conf"#
        ),
    ]

    @Test(arguments: listeners) func `a listener that is wrong is named`(row: Row) { check(row) }
    private static let listeners = [
        Row("listen web;", "1:1: listen has no block; write: listen NAME { … }"),
        Row("listen;", "1:1: listen has no block; write: listen NAME { … }"),
        Row(
            "listen a.b { address *:0; }",
            #"1:8: "a.b" is no name for a listener; use at most 64 letters, digits, - and _"#
        ),
        Row(
            "listen web { address localhost:80; }",
            #"1:22: "localhost:80" is not an address and port; write IPV4:PORT, [IPV6]:PORT or *:PORT, such as 127.0.0.1:8080"#
        ),
        Row(
            "listen web { address ::1:80; }",
            #"1:22: "::1:80" is not an address and port; write IPV4:PORT, [IPV6]:PORT or *:PORT, such as 127.0.0.1:8080"#
        ),
        Row(
            "listen web { address 127.0.0.1; }",
            #"1:22: "127.0.0.1" is not an address and port; write IPV4:PORT, [IPV6]:PORT or *:PORT, such as 127.0.0.1:8080"#
        ),
        Row(
            "listen web { address 127.0.0.1:70000; }",
            #"1:22: "70000" is out of range for the port; allowed: 0 to 65535"#
        ),
        Row(
            "listen web { address 127.0.0.1:http; }",
            #"1:22: the port needs a whole number, not "http"; write digits only, such as 10"#
        ),
        Row("listen web { }", "1:8: listener web has no address; write: address HOST:PORT; or: unix PATH;"),
        Row(
            "listen web { address *:1; unix a.sock; }",
            "1:27: listener web has an address and a unix path; the first is at plugins.conf:1:14; use two listeners"
        ),
        Row(
            "listen web { address *:0; address *:0; }",
            "1:27: address stands twice; the first is at plugins.conf:1:14"
        ),
        Row(
            "listen web { address *:0; admin on; }",
            "1:27: admin has the wrong number of values, 1; write: admin;"
        ),
        Row(
            "listen web { address *:0; tls { key k; } }",
            "1:27: this tls block has no certificate; write: certificate FILE;"
        ),
        Row("listen web { address *:0; tls; }", "1:27: tls has no block; write: tls { … }"),
        Row(
            "listen web { address *:0; tls a { certificate c; key k; } }",
            "1:27: tls has the wrong number of values, 1; write: tls { … }"
        ),
        Row(
            "listen web { address *:0; tls { certificate c; key k; } tls { certificate d; key e; } }",
            "1:57: a second tls block without host; the first is at plugins.conf:1:27"
        ),
        Row(
            "listen web { address *:0; tls { certificate c; key k; host a; } tls { certificate d; key e; host b A; } }",
            "1:65: host a stands twice; the first is at plugins.conf:1:27"
        ),
        Row(
            "listen web { address *:0; tls { certificate c; key k; host a..b; } }",
            #"1:60: "a..b" is no name of a host; write one such as chat.example.com or *.example.com"#
        ),
        Row(
            "listen a { address *:80; } listen b { address *:80; }",
            "1:47: listener b has the address of listener a; give it another"
        ),
        Row(
            "listen a { address *:80; } listen b { address 127.0.0.1:80; }",
            "1:47: listener b has the address of listener a; give it another"
        ),
        Row(
            "listen a { address 127.0.0.1:80; } listen b { address 0.0.0.0:80; }",
            "1:55: listener b has the address of listener a; give it another"
        ),
        Row(
            "listen a { address [::1]:80; } listen b { address [::]:80; }",
            "1:51: listener b has the address of listener a; give it another"
        ),
        Row(
            "listen a { address *:80; } listen a { address *:81; }",
            #"1:35: listener "a" stands twice; the first is at plugins.conf:1:8"#
        ),
    ]

    private static let longPath = String(repeating: "p", count: 108)

    @Test(arguments: moreListeners) func `a listener that has what does not fit is named`(row: Row) {
        check(row)
    }
    private static let moreListeners = [
        Row("listen web { unix \(longPath); }", "1:19: the path of a socket has 108 bytes; use at most 107"),
        Row(
            "listen web { unix a; address *:1; }",
            "1:22: listener web has an address and a unix path; the first is at plugins.conf:1:14; use two listeners"
        ),
        Row("listen web { unix a mode; }", "1:21: mode has no value; write one such as mode 0660"),
        Row(
            "listen web { unix a mod 0660; }",
            #"1:21: "mod" behind the path of a socket; did you mean "mode"?"#
        ),
        Row(
            "listen web { unix a 0660; }",
            #"1:21: "0660" behind the path of a socket; write: unix PATH [mode 0660];"#
        ),
        Row(
            "listen web { unix a mode 0660 x; }",
            "1:14: unix has the wrong number of values, 4; write: unix PATH [mode 0660];"
        ),
        Row(
            "listen web { unix a mode 0680; }",
            #"1:26: "0680" is not the mode of a socket; write three digits from 0 to 7, such as 0660 or 0666"#
        ),
        Row(
            "listen web { unix a mode 60; }",
            #"1:26: "60" is not the mode of a socket; write three digits from 0 to 7, such as 0660 or 0666"#
        ),
        Row(
            "listen web { unix a mode 1777; }",
            #"1:26: "1777" is not the mode of a socket; write three digits from 0 to 7, such as 0660 or 0666"#
        ),
        Row(
            "listen web { unix a mode u+w; }",
            #"1:26: "u+w" is not the mode of a socket; write three digits from 0 to 7, such as 0660 or 0666"#
        ),
        Row(
            "listen web { address *:0; trust_forwarded unx; }",
            #"1:43: "unx" is not an IP address; write one such as 10.0.0.7 or 10.0.0.0/8, or unix"#
        ),
        Row(
            "listen web { address *:0; tls { certificate c; key k; clients; } }",
            "1:55: clients has the wrong number of values, none; write: clients FILE [required];"
        ),
        Row(
            "listen web { address *:0; tls { certificate c; key k; clients ca requird; } }",
            #"1:66: "requird" is no value for clients; did you mean "required"?"#
        ),
        Row(
            "listen web { address *:0; tls { certificate c; key k; clients ca on; } }",
            #"1:66: "on" is no value for clients; write: clients FILE [required];"#
        ),
        Row(
            "listen web { address *:0; clients ca; }",
            #"1:27: unknown directive "clients" in a listen block; it belongs in a tls block"#
        ),
        Row(
            "listen w.b { admin; }",
            #"""
            1:1: this listener has no address; write: address HOST:PORT; or: unix PATH;
            plugins.conf:1:8: "w.b" is no name for a listener; use at most 64 letters, digits, - and _
            """#
        ),
        Row(
            "listen web { unix; }",
            "1:14: unix has the wrong number of values, none; write: unix PATH [mode 0660];"
        ),
        Row(
            "listen a { unix x; } listen b { unix x; }",
            "1:38: listener b has the address of listener a; give it another"
        ),
    ]

    @Test(arguments: endpoints) func `an endpoint that does not fit its listener is named`(row: Row) {
        check(row)
    }
    private static let endpoints = [
        Row(
            "+service gg { plugin GG; websocket wbe /a; }",
            #"2:35: unknown listener "wbe" of service gg; did you mean "web"?"#
        ),
        Row(
            "+service gg { plugin GG; websocket other /a; }",
            #"2:35: unknown listener "other" of service gg; write a listen block of that name"#
        ),
        Row(
            "+service gg { plugin GG; }",
            "2:9: service gg has no endpoint; write: websocket LISTENER PATH; or another endpoint"
        ),
        Row(
            "+service gg { plugin GG; http web /a; } service fire { plugin F; websocket web /a; }",
            #"2:79: path "/a" of listener web belongs to service gg; the first is at plugins.conf:2:34"#
        ),
        Row(
            "+service gg { plugin GG; sockjs web /a; } service fire { plugin F; websocket web /a/websocket; }",
            #"2:81: path "/a/websocket" of listener web belongs to service gg; the first is at plugins.conf:2:36"#
        ),
        Row(
            "+service gg { plugin GG; http web /a /a; }",
            #"2:37: http "/a" of listener web stands twice; the first is at plugins.conf:2:34"#
        ),
        Row(
            "+service gg { plugin GG; http web /a; stream web; }",
            "2:45: listener web cannot carry both streams and web; use two listeners; http is at plugins.conf:2:30"
        ),
        Row(
            "listen a { address *:0; } service x { plugin X; stream a; } service y { plugin Y; stream a; }",
            "1:90: listener a carries the stream of service x; use another listener; the first is at plugins.conf:1:56"
        ),
        Row(
            "listen a { address *:0; admin; } service x { plugin X; http a /; }",
            "1:61: listener a is for administration, not for service x; use another listener"
        ),
        Row(
            "+service gg { plugin GG; http web a; }",
            #"2:34: "a" is not a path; paths begin with /, only the last word may be the endpoint's name"#
        ),
        Row(
            "+service gg { plugin GG; http web /a b c; }",
            #"2:37: "b" is not a path; paths begin with /, only the last word may be the endpoint's name"#
        ),
        Row(
            "+service gg { plugin GG; http web /a b/c; }",
            #"2:37: "b/c" is no name for an endpoint; use at most 64 letters, digits, - and _"#
        ),
        Row(
            "+service gg { plugin GG; http web; }",
            "2:25: http has the wrong number of values, 1; write: http LISTENER PATH… [ENDPOINT];"
        ),
        Row(
            #"+service gg { plugin GG; http web "/a b"; }"#,
            #"2:34: "/a b" is not the path of a URL; write it percent-encoded, without a query"#
        ),
        Row(
            "+service gg { plugin GG; http web /a?b; }",
            #"2:34: "/a?b" is not the path of a URL; write it percent-encoded, without a query"#
        ),
        Row(
            "+service gg { plugin GG; sockjs web /a/; }",
            #"2:36: the prefix "/a/" ends with a slash; write a prefix such as /chat: the client adds the slash"#
        ),
    ]

    @Test(arguments: services) func `a service that is wrong is named`(row: Row) { check(row) }
    private static let services = [
        Row("service a;", "1:1: service has no block; write: service NAME { … }"),
        Row("lane own; lane own;", "1:11: lane stands twice; the first is at plugins.conf:1:1"),
        Row("origins;", "1:1: origins has the wrong number of values, none; write: origins ORIGIN…;"),
        Row("lane \"\\\"\t\";", #"1:6: "\"\t" is no value for lane; write: lane shared|own;"#),
        Row("+service gg { websocket web /a; }", "2:9: service gg has no plugin; write: plugin NAME;"),
        Row(
            "+service g.g { plugin GG; http web /a; }",
            #"2:9: "g.g" is no name for a service; use at most 64 letters, digits, - and _"#
        ),
        Row(
            "+service gg { plugin GG; http web /a; } service gg { plugin GG; http web /a; }",
            #"2:48: service "gg" stands twice; the first is at plugins.conf:2:9"#
        ),
        Row(
            "+service gg { plugin GG; http web /a; option history 1; option history 2; }",
            #"2:63: option "history" stands twice; the first is at plugins.conf:2:45"#
        ),
        Row(
            "+service gg { plugin GG; http web /a; option history; }",
            "2:38: option needs a name and a value; write: option NAME VALUE;"
        ),
        Row(
            "+service gg { plugin G.G; http web /a; }",
            #"2:21: "G.G" is no name for a plugin; use at most 64 letters, digits, - and _"#
        ),
        Row(
            "+service gg { plugin GG; plugin GG; http web /a; }",
            "2:25: plugin stands twice; the first is at plugins.conf:2:14"
        ),
        Row(
            "+service gg {\n  plugin GG\n  websocket web /a\n  option a 1\n}",
            #"3:3: no ";" after "plugin"; end every directive with ";"\#nplugins.conf:4:3: no ";" after "websocket"; end every directive with ";"\#nplugins.conf:5:3: no ";" after "option"; end every directive with ";""#
        ),
        Row(
            "+service gg { plugin GG; http web /a",
            #"2:12: this block of "service" is never closed; close it with "}"\#nplugins.conf:2:25: no ";" after "http"; end every directive with ";""#
        ),
    ]
}
