/// A page to try commands with.
enum Form {
    static let page = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>vkchat</title>
        <style>
        body { font: 16px/1.4 sans-serif; margin: 2em auto; max-width: 50em; padding: 0 1em }
        textarea { box-sizing: border-box; font: 14px/1.4 monospace; width: 100% }
        pre { background: #eee; overflow-wrap: anywhere; padding: 1em; white-space: pre-wrap }
        </style>
        <h1>vkchat</h1>
        <form>
        <p><label for="command">A command, in JSON:</label>
        <textarea id="command" rows="6">{"cmd": "get_users"}</textarea>
        <p><button>Send</button>
        </form>
        <pre id="reply" aria-live="polite"></pre>
        <script>
        document.forms[0].addEventListener("submit", async event => {
            event.preventDefault();
            const reply = document.getElementById("reply");
            try {
                const body = document.getElementById("command").value;
                const response = await fetch("endpoint", {method: "POST", body});
                reply.textContent = response.status + "\\n" + await response.text();
            } catch (error) {
                reply.textContent = error;
            }
        });
        </script>
        </html>

        """
}
