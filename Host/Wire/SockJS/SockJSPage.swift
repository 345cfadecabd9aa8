/// The page in an iframe that is on the server's origin and so may talk to it. It is the protocol's, byte by byte.
enum SockJSPage {
    /// The page that loads the client's script from there.
    static func iframe(script: String) -> [UInt8] {
        let page = """
            <!DOCTYPE html>
            <html>
            <head>
              <meta http-equiv="X-UA-Compatible" content="IE=edge" />
              <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
              <script src="\(attribute(script))"></script>
              <script>
                document.domain = document.domain;
                SockJS.bootstrap_iframe();
              </script>
            </head>
            <body>
              <h2>Don't panic!</h2>
              <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
            </body>
            </html>
            """
        return Array(page.utf8)
    }

    private static func attribute(_ text: String) -> String {
        text.reduce(into: "") { written, character in
            switch character {
            case "&": written += "&amp;"
            case "\"": written += "&quot;"
            case "<": written += "&lt;"
            default: written.append(character)
            }
        }
    }
}
