"""A headless Chromium with one page: browser.py FOLDER.

It serves the page, and Debian's client of SockJS, on a port of its own. The first line of standard output is where:
http://127.0.0.1:PORT. Then a line of standard input is the address to open: on that port /page.html?WHAT, or any
other whose page loads /sockjs.js from here. Each line that the page says is a line of standard output. The end of
standard input ends the browser; so does the end of this program, whatever ends it.
"""
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).parent
SOCKJS = "/usr/share/nodejs/sockjs-client/dist/sockjs.min.js"
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--ignore-certificate-errors", "--remote-debugging-pipe", "--disable-background-networking",
         "--disable-component-update", "--no-proxy-server"]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/page.html":
            self.answer("text/html; charset=utf-8", (HERE / "browser.html").read_bytes())
        elif path == "/sockjs.js":
            # The page that SockJS loads into an iframe has nothing but this: alone, it is a page of the test, too.
            script = pathlib.Path(SOCKJS).read_bytes() + b"\n" + (HERE / "browser.js").read_bytes()
            self.answer("text/javascript; charset=utf-8", script)
        else:
            self.send_error(404)

    def do_POST(self):
        said = self.rfile.read(int(self.headers["Content-Length"]))
        sys.stdout.buffer.write(said + b"\n")
        sys.stdout.buffer.flush()
        self.answer("text/plain", b"")

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def open_browser(address, folder):
    name = next(filter(shutil.which, NAMES))
    # It reads commands from descriptor 3, and ends when nobody can write there any more.
    commands, hold = os.pipe()
    sink = os.open(os.devnull, os.O_WRONLY)
    script = f'exec "$0" "$@" 3<&{commands} 4>&{sink}'
    words = ["sh", "-c", script, name, *FLAGS, f"--user-data-dir={folder}", address]
    browser = subprocess.Popen(words, pass_fds=[commands, sink], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    os.close(commands)
    os.close(sink)
    return browser, hold


def main():
    folder = sys.argv[1]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    address = sys.stdin.readline().strip()
    if not address:
        return
    browser, hold = open_browser(address, folder)
    sys.stdin.read()
    os.close(hold)
    try:
        browser.wait(10)
    except subprocess.TimeoutExpired:
        browser.kill()
        browser.wait()


main()
