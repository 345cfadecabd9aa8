"""What a SockJS 0.3.4 or 1.x client counts on: sockjs.py ADDRESS, such as http://127.0.0.1:8080.

The server has an echo at /echo, /plain (without WebSocket) and /cookie (with the cookie), and at /close what ends each
connection at once, with 3000 "Go away!"; a response is over at 4096 bytes. A line for each check: "ok NAME", or
"failed NAME: WHY".
"""
import collections
import contextlib
import http.client
import itertools
import json
import re
import select
import socket
import sys
import traceback
import urllib.parse
import uuid

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

ADDRESS = sys.argv[1]
HOST = urllib.parse.urlsplit(ADDRESS).netloc
PATIENCE = 10  # seconds
CHECKS = []
STILL_OPEN = b'c[2010,"Another connection still open"]\n'
GO_AWAY = 'c[3000,"Go away!"]'
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Answer = collections.namedtuple("Answer", "status head text")


class Wrong(Exception):
    pass


def check(function):
    CHECKS.append(function)
    return function


def expect(found, wanted, what=""):
    if found != wanted:
        raise Wrong(f"{what or 'expected'} {wanted!r:.300}, found {found!r:.300}")


def want(condition, what):
    if not condition:
        raise Wrong(what)


# Requests.


def begin(method, path, body=None, head=None):
    """Sends a request on a connection of its own; answers the response, of which nothing but the head is read."""
    connection = http.client.HTTPConnection(HOST, timeout=PATIENCE)
    connection.request(method, path, body.encode("utf-8", "surrogatepass") if body is not None else None, head or {})
    response = connection.getresponse()
    response.connection = connection
    return response


def ask(method, path, body=None, head=None):
    response = begin(method, path, body, head)
    with contextlib.closing(response.connection):
        return Answer(response.status, response.headers, response.read().decode())


def get(path, head=None):
    return ask("GET", path, None, head)


def post(path, body="", head=None):
    return ask("POST", path, body, head)


def expect_answer(answer, status, text):
    expect((answer.status, answer.text), (status, text))


class Stream:
    """A response that goes on."""

    def __init__(self, method, path, head=None):
        self.response = begin(method, path, "" if method == "POST" else None, head)
        expect(self.response.status, 200)
        self.head = self.response.headers

    def next(self, text):
        expect(self.response.read(len(text.encode())).decode(), text, "of the stream")

    def end(self):
        expect(self.response.read(), b"", "the end of the stream")

    def close(self):
        self.response.close()
        self.response.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def raw(request, parts):
    """Sends bytes and expects each part in turn; None is the end."""
    with socket.create_connection(HOST.split(":"), PATIENCE) as peer:
        peer.sendall(request.encode())
        received = b""
        for part in parts:
            if part is None:
                while data := peer.recv(65536):
                    received += data
                expect(received, b"", "the end")
                continue
            while not (match := re.match(part.encode(), received, re.DOTALL)):
                data = peer.recv(65536)
                want(data, f"{part!r} awaited, {received!r:.300} came")
                received += data
            received = received[match.end():]


def session(prefix="/echo"):
    return f"{prefix}/000/{uuid.uuid4()}"


def opened(prefix="/echo"):
    """A session of polls that has had its opening frame."""
    path = session(prefix)
    expect_answer(post(path + "/xhr"), 200, "o\n")
    return path


def send(path, body):
    expect_answer(post(path + "/xhr_send", body), 204, "")


def expect_type(head, value):
    expect(head["Content-Type"].replace(" ", "").lower(), value.lower())


def expect_never_kept(head):
    expect(head["Cache-Control"], "no-store, no-cache, no-transform, must-revalidate, max-age=0")
    expect((head["Expires"], head["Last-Modified"]), (None, None))


def expect_kept(head):
    """For a year, more or less."""
    age = re.search(r"\bmax-age=(\d+)", head["Cache-Control"])
    want("public" in head["Cache-Control"] and age and int(age[1]) >= 1_000_000, "cached for long")
    want(head["Expires"], "an Expires")


def expect_origin(head, origin):
    expect(head["Access-Control-Allow-Origin"], origin or "*")
    expect(head["Access-Control-Allow-Credentials"], "true" if origin else None)


def expect_preflight(path, methods):
    for origin in ["http://test.example", "null"]:
        head = {"Origin": origin, "Access-Control-Request-Method": methods[-1]}
        answer = ask("OPTIONS", path, None, head)
        want(answer.status in (200, 204) and not answer.text, f"{answer.status} {answer.text}")
        expect_kept(answer.head)
        want(int(answer.head["Access-Control-Max-Age"]) > 1_000_000, "allowed for long")
        want(set(methods) <= set(re.split(", *", answer.head["Access-Control-Allow-Methods"])), "all its methods")
        expect_origin(answer.head, origin)


# The pages beside the sessions.


@check
def the_prefix_greets():
    for path in ["/echo", "/echo/"]:
        answer = get(path)
        expect_answer(answer, 200, "Welcome to SockJS!\n")
        expect_type(answer.head, "text/plain;charset=UTF-8")
        expect(answer.head["Set-Cookie"], None)


@check
def nothing_else_stands_below_the_prefix():
    for end in ["/a", "/a.html", "//", "///", "/a/a", "/a/a/", "/a/"]:
        expect(get("/echo" + end).status, 404, end)


@check
def the_page_for_iframes_loads_the_script_and_is_kept():
    names = ["iframe", "iframe-a", "iframe-", "iframe-0.1.2", "iframe-0.1.2abc-dirty.2144"]
    pages = []
    for name, query in itertools.product(names, ["", "?t=1234"]):
        answer = get(f"/echo/{name}.html{query}")
        expect(answer.status, 200, name)
        expect_type(answer.head, "text/html;charset=UTF-8")
        expect_kept(answer.head)
        want(answer.head["ETag"], "a tag")
        expect((answer.head["Last-Modified"], answer.head["Set-Cookie"]), (None, None))
        pages.append((answer.head["ETag"], answer.text))
    expect(len(set(pages)), 1, "pages")
    page = pages[0][1]
    want(page.startswith("<!DOCTYPE html>\n<html>\n<head>\n"), "a page of HTML 5")
    for line in ['<meta http-equiv="X-UA-Compatible" content="IE=edge" />', "SockJS.bootstrap_iframe();",
                 "document.domain = document.domain;", "<h2>Don't panic!</h2>"]:
        want(line in page, line)
    want(re.search(r'<script src="(/|https?:)[^"]+"></script>', page), "the script")


@check
def other_names_are_no_pages_for_iframes():
    for name in ["iframe.htm", "iframe", "IFRAME.HTML", "IFRAME", "iframe.HTML", "iframe.xml", "iframe-/.html"]:
        expect(get("/echo/" + name).status, 404, name)


@check
def who_has_the_page_is_told_so():
    tag = get("/echo/iframe.html").head["ETag"]
    answer = get("/echo/iframe.html", {"If-None-Match": tag})
    expect_answer(answer, 304, "")
    expect(answer.head["Content-Type"], None)


@check
def info_tells_what_there_is():
    answer = get("/echo/info", {"Origin": "http://test.example"})
    expect(answer.status, 200)
    expect_type(answer.head, "application/json;charset=UTF-8")
    expect_never_kept(answer.head)
    expect_origin(answer.head, "http://test.example")
    expect(answer.head["Set-Cookie"], None)
    info = json.loads(answer.text)
    want(type(info.pop("entropy")) is int, "an entropy")
    expect(info, {"websocket": True, "cookie_needed": False, "origins": ["*:*"]})
    expect(json.loads(get("/plain/info").text)["websocket"], False)
    expect(json.loads(get("/cookie/info").text)["cookie_needed"], True)
    expect_origin(get("/echo/info").head, None)


@check
def info_has_another_entropy_each_time():
    numbers = [json.loads(get("/echo/info").text)["entropy"] for _ in range(4)]
    want(len(set(numbers)) > 1 and all(0 <= number < 1 << 32 for number in numbers), f"{numbers}")


@check
def preflights_are_answered():
    expect_preflight("/echo/info", ["OPTIONS", "GET"])
    for end in ["xhr", "xhr_send", "xhr_streaming"]:
        expect_preflight("/echo/a/b/" + end, ["OPTIONS", "POST"])


@check
def preflights_allow_the_fields_that_they_name():
    for fields in ["a, b, c", "", None]:
        head = {"Origin": "http://test.example", "Access-Control-Request-Method": "POST"}
        if fields is not None:
            head["Access-Control-Request-Headers"] = fields
        answer = ask("OPTIONS", session() + "/xhr", None, head)
        expect(answer.head["Access-Control-Allow-Headers"] or None, fields or None)


# Sessions.


@check
def a_session_may_have_any_name_without_a_dot():
    for path in [f"/a/a{uuid.uuid4()}", f"/_/_{uuid.uuid4()}", f"/1/{uuid.uuid4()}", f"/a-b%20/c-d%20{uuid.uuid4()}"]:
        expect_answer(post(f"/echo{path}/xhr"), 200, "o\n")
    for path in ["//", "/a./a", "/a/a.", "/./.", "/", "///"]:
        expect((get(f"/echo{path}/xhr").status, post(f"/echo{path}/xhr").status), (404, 404), path)


@check
def the_number_of_a_server_does_not_matter():
    path = opened()
    send(path, '["a"]')
    expect_answer(post(path.replace("/000/", "/999/") + "/xhr"), 200, 'a["a"]\n')


@check
def a_session_opens_and_echoes():
    path = opened()
    send(path, '["a"]')
    expect_answer(post(path + "/xhr"), 200, 'a["a"]\n')
    expect(post("/echo/000/nobody/xhr_send", '["a"]').status, 404)


@check
def a_session_that_the_server_ends_says_so_again_and_again():
    path = opened("/close")
    for _ in range(3):
        expect_answer(post(path + "/xhr"), 200, GO_AWAY + "\n")
    expect(post(session("/close") + "/xhr_send", '["a"]').status, 404)


@contextlib.contextmanager
def two_polls(path):
    """Two polls at once: one of them is turned away; answers the other."""
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(socket.create_connection(HOST.split(":"), PATIENCE)) for _ in range(2)]
        for peer in peers:
            peer.sendall(f"POST {path}/xhr HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".encode())
        answered = select.select(peers, [], [], PATIENCE)[0]
        expect(len(answered), 1, "polls that are answered")
        want(b'\r\n\r\n' + STILL_OPEN in answered[0].recv(65536), "an answer that turns away")
        peers.remove(answered[0])
        yield peers[0]


def expect_interrupted(path):
    """The server hears of a break, as of everything, in time of its own."""
    while (answer := post(path + "/xhr")).text.encode() == STILL_OPEN:
        pass
    want(answer.text in ("o\n", 'c[1002,"Connection interrupted"]\n'), answer.text)


@check
def a_second_poll_is_turned_away():
    path = opened()
    with two_polls(path) as first:
        send(path, '["for the first"]')
        want(b'\r\n\r\na["for the first"]\n' in first.recv(65536), "the first poll is answered")


@check
def a_poll_that_breaks_off_ends_the_session():
    path = opened()
    with two_polls(path):
        pass
    expect_interrupted(path)


@check
def a_stream_that_breaks_off_ends_the_session():
    path = session()
    with Stream("POST", path + "/xhr_streaming") as first:
        first.next("h" * 2048 + "\no\n")
        with Stream("POST", path + "/xhr_streaming") as second:
            second.next("h" * 2048 + '\nc[2010,"Another connection still open"]\n')
            second.end()
    expect_interrupted(path)


@check
def a_stream_of_a_session_that_has_ended_ends():
    path = session("/close")
    for frames in ["o\n" + GO_AWAY + "\n", GO_AWAY + "\n"]:
        with Stream("POST", path + "/xhr_streaming") as stream:
            stream.next("h" * 2048 + "\n" + frames)
            stream.end()


# Polls and streams of XMLHttpRequest.


@check
def a_poll_and_what_is_sent_beside_it_may_be_read_by_other_origins():
    path = session()
    origin = {"Origin": "http://test.example"}
    answer = post(path + "/xhr", head=origin)
    expect_answer(answer, 200, "o\n")
    expect_type(answer.head, "application/javascript;charset=UTF-8")
    sent = post(path + "/xhr_send", '["x"]', origin)
    expect_answer(sent, 204, "")
    expect_type(sent.head, "text/plain;charset=UTF-8")
    for head in [answer.head, sent.head]:
        expect_origin(head, "http://test.example")
        expect_never_kept(head)
    expect_answer(post(path + "/xhr"), 200, 'a["x"]\n')


@check
def what_is_no_json_is_refused_and_the_session_goes_on():
    path = opened()
    for body, reason in [('["x', "Broken JSON encoding."), ("", "Payload expected.")]:
        answer = post(path + "/xhr_send", body)
        want(answer.status == 500 and reason in answer.text, f"{answer}")
    send(path, '["a"]')
    expect_answer(post(path + "/xhr"), 200, 'a["a"]\n')


@check
def what_is_sent_may_be_of_any_type():
    path = opened()
    types = ["text/plain", "T", "application/json", "application/xml", "", "application/json; charset=utf-8",
             "text/xml; charset=utf-8", "text/xml"]
    for name in types:
        expect_answer(post(path + "/xhr_send", '["a"]', {"Content-Type": name}), 204, "")
    frames = ""
    while frames.count('"a"') < len(types):
        frames += post(path + "/xhr").text
    expect(frames.count('"a"'), len(types))


@check
def nothing_may_be_sent():
    path = opened()
    send(path, "[]")
    send(path, '["a"]')
    expect_answer(post(path + "/xhr"), 200, 'a["a"]\n')


@check
def a_stream_of_xhr_begins_with_2048_letters():
    path = session()
    with Stream("POST", path + "/xhr_streaming", {"Origin": "http://test.example"}) as stream:
        expect_type(stream.head, "application/javascript;charset=UTF-8")
        expect_origin(stream.head, "http://test.example")
        expect_never_kept(stream.head)
        stream.next("h" * 2048 + "\n")
        stream.next("o\n")
        send(path, '["x"]')
        stream.next('a["x"]\n')


def expect_limit(stream, path, message, frame):
    """The response ends with the frame that fills it; the session goes on in another one."""
    total = 0
    while total < 4096:
        send(path, json.dumps([message]))
        stream.next(frame)
        total += len(frame)
    stream.end()
    send(path, '["more"]')
    expect_answer(post(path + "/xhr"), 200, 'a["more"]\n')


@check
def a_stream_of_xhr_ends_at_its_limit():
    path, text = session(), "x" * 128
    with Stream("POST", path + "/xhr_streaming") as stream:
        stream.next("h" * 2048 + "\no\n")
        for _ in range(31):  # 138 bytes each, of 4096; the opening frame counts
            send(path, json.dumps([text]))
            stream.next(f'a["{text}"]\n')
        stream.end()


# EventSource, htmlfile, JSONP.


@check
def an_event_source_has_events():
    path = session()
    with Stream("GET", path + "/eventsource") as stream:
        expect_type(stream.head, "text/event-stream")
        expect_never_kept(stream.head)
        stream.next("\r\ndata: o\r\n\r\n")
        send(path, '["x"]')
        stream.next('data: a["x"]\r\n\r\n')
        send(path, r'["  \u0000\n\r "]')
        stream.next('data: a["  \\u0000\\n\\r "]\r\n\r\n')
        send(path, '["%41%"]')
        stream.next('data: a["%2541%25"]\r\n\r\n')


@check
def an_event_source_ends_at_its_limit():
    path, text = session(), "x" * 4096
    with Stream("GET", path + "/eventsource") as stream:
        stream.next("\r\ndata: o\r\n\r\n")
        expect_limit(stream, path, text, f'data: a["{text}"]\r\n\r\n')


PAGE = """<!doctype html>
<html><head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
</head><body><h2>Don't panic!</h2>
  <script>
    document.domain = document.domain;
    var c = parent.callback;
    c.start();
    function p(d) {c.message(d);};
    window.onload = function() {c.stop();};
  </script>"""


def html_file(path):
    stream = Stream("GET", path + "/htmlfile?c=%63allback")
    stream.next(PAGE)
    head = len(PAGE)
    blank = ""
    while not blank.endswith("\r\n\r\n") and head + len(blank) < 4096:
        blank += stream.response.read(1).decode()
    want(not blank.strip() and head + len(blank) > 1024, f"{blank!r} behind the page")
    stream.next('<script>\np("o");\n</script>\r\n')
    return stream


@check
def an_html_file_has_scripts():
    path = session()
    with html_file(path) as stream:
        expect_type(stream.head, "text/html;charset=UTF-8")
        expect_never_kept(stream.head)
        send(path, '["x"]')
        stream.next('<script>\np("a[\\"x\\"]");\n</script>\r\n')


@check
def an_html_file_ends_at_its_limit():
    path, text = session(), "x" * 4096
    with html_file(path) as stream:
        expect_limit(stream, path, text, f'<script>\np("a[\\"{text}\\"]");\n</script>\r\n')


@check
def a_callback_is_asked_for():
    for end in ["htmlfile", "jsonp"]:
        answer = get(f"{session()}/{end}")
        want(answer.status == 500 and '"callback" parameter required' in answer.text, f"{answer}")
        for name in ["%20", "*", "abc(", "abc%28", "%22"]:
            answer = get(f"{session()}/{end}?c={name}")
            want(answer.status == 500 and 'invalid "callback" parameter' in answer.text, f"{name}: {answer}")


def jsonp(path):
    answer = get(path + "/jsonp?c=%63allback")
    expect(answer.status, 200)
    expect_type(answer.head, "application/javascript;charset=UTF-8")
    expect_never_kept(answer.head)
    want(answer.text.startswith("/**/callback(") and answer.text.endswith(");\r\n"), answer.text)
    return json.loads(answer.text[13:-4])


def send_form(path, body, head=FORM):
    answer = post(path + "/jsonp_send", body, head)
    expect_answer(answer, 200, "ok")
    expect_type(answer.head, "text/plain;charset=UTF-8")
    expect_never_kept(answer.head)


@check
def jsonp_calls_back():
    path = session()
    expect(jsonp(path), "o")
    send_form(path, "d=%5B%22x%22%5D")
    expect(jsonp(path), 'a["x"]')


@check
def a_form_without_json_is_refused_and_the_session_goes_on():
    path = session()
    expect(jsonp(path), "o")
    bad = [("d=%5B%22x", "Broken JSON encoding."), ("", "Payload expected."), ("d=", "Payload expected."),
           ("p=p", "Payload expected.")]
    for body, reason in bad:
        answer = post(path + "/jsonp_send", body, FORM)
        want(answer.status == 500 and reason in answer.text, f"{body}: {answer}")
    send_form(path, "d=%5B%22b%22%5D")
    expect(jsonp(path), 'a["b"]')


@check
def a_form_may_be_none():
    path = session()
    expect(jsonp(path), "o")
    send_form(path, "d=%5B%22abc%22%5D")
    expect(jsonp(path), 'a["abc"]')
    send_form(path, '["%61bc"]', {"Content-Type": "text/plain"})
    expect(jsonp(path), 'a["%61bc"]')


@check
def jsonp_may_send_nothing_and_is_ended():
    path = session()
    expect(jsonp(path), "o")
    send_form(path, "d=%5B%5D")
    send_form(path, "d=%5B%22x%22%5D")
    expect(jsonp(path), 'a["x"]')
    path = session("/close")
    expect([jsonp(path) for _ in range(3)], ["o", GO_AWAY, GO_AWAY])


# The cookie.


@check
def the_cookie_comes_with_every_transport_that_polls_or_streams():
    def expect_cookie(head, value="dummy"):
        parts = [part.strip().lower() for part in head["Set-Cookie"].split(";")]
        expect(parts[:2], [f"jsessionid={value}", "path=/"])

    expect(get("/cookie/info").head["Set-Cookie"], None)
    expect_cookie(post(session("/cookie") + "/xhr").head)
    expect_cookie(post(session("/cookie") + "/xhr", head={"Cookie": "a=b; JSESSIONID=abcdef"}).head, "abcdef")
    for method, end in [("POST", "xhr_streaming"), ("GET", "eventsource"), ("GET", "htmlfile?c=a")]:
        with Stream(method, f"{session('/cookie')}/{end}") as stream:
            expect_cookie(stream.head)
    path = session("/cookie")
    expect_cookie(get(path + "/jsonp?c=a").head)
    expect_cookie(post(path + "/jsonp_send", "d=%5B%22x%22%5D", FORM).head)


# WebSockets.


def websocket(path):
    return connect(f"ws://{HOST}{path}", proxy=None, open_timeout=PATIENCE, close_timeout=PATIENCE)


def expect_frames(socket, *frames):
    for frame in frames:
        expect(socket.recv(PATIENCE), frame)


def expect_ended(socket):
    try:
        raise Wrong(f"{socket.recv(PATIENCE)!r} instead of the end")
    except ConnectionClosed:
        pass


@check
def a_websocket_has_the_frames_of_a_session():
    with websocket(session() + "/websocket") as peer:
        expect_frames(peer, "o")
        for text in ["", "[]", '["a"]']:  # the first two hold nothing
            peer.send(text)
        expect_frames(peer, 'a["a"]')


@check
def a_websocket_is_told_of_the_end():
    with websocket(session("/close") + "/websocket") as peer:
        expect_frames(peer, "o", GO_AWAY)
        expect_ended(peer)


@check
def two_websockets_of_one_name_are_two():
    path = session() + "/websocket"
    with websocket(path) as one, websocket(path) as other:
        expect_frames(one, "o")
        expect_frames(other, "o")
        one.send('["one"]')
        other.send('["other"]')
        expect_frames(one, 'a["one"]')
        expect_frames(other, 'a["other"]')
    with websocket(path) as again:
        expect_frames(again, "o")


@check
def broken_json_ends_a_websocket():
    with websocket(session() + "/websocket") as peer:
        expect_frames(peer, "o")
        peer.send('["a')
        expect_ended(peer)


@check
def what_is_no_websocket_is_refused():
    path = "/echo/0/0/websocket"
    expect(get(path).status, 400)
    expect(get(path, {"Upgrade": "WebSocket", "Connection": "close"}).status, 400)
    for head in [{"Upgrade": "WebSocket", "Connection": "Upgrade"}, {}]:
        answer = post(path, head=head)
        expect((answer.status, answer.text, answer.head["Content-Type"]), (405, "", None))
        want(answer.head["Allow"], "an Allow")


@check
def the_handshake_is_plain():
    request = (f"GET {session()}/websocket HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n")
    raw(request, [r"HTTP/1\.1 101 [^\r]*\r\n(?!.*\r\nContent-Length)(?=.*\r\nSec-WebSocket-Accept: "
                  r"HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n).*?\r\n\r\n\x81\x01o"])


@check
def a_raw_websocket_has_messages_and_nothing_else():
    with websocket("/echo/websocket") as peer:
        peer.send("Hello world!\uffff")
        expect_frames(peer, "Hello world!\uffff")
    with websocket("/close/websocket") as peer:
        expect_ended(peer)
        expect((peer.close_code, peer.close_reason), (3000, "Go away!"))


@check
def where_websockets_are_off_there_are_none():
    for path in [session("/plain") + "/websocket", "/plain/websocket"]:
        try:
            with websocket(path):
                raise Wrong("there is one")
        except InvalidStatus as error:
            expect(error.response.status_code, 404)


# Text.


def escaped(ranges):
    return "".join(chr(code) for first, last in ranges for code in range(first, last + 1))


@check
def what_breaks_old_clients_is_escaped():
    hostile = escaped([(0x200c, 0x200f), (0x2028, 0x202f), (0x2060, 0x206f), (0xfff0, 0xffff)])
    path = opened()
    send(path, json.dumps([hostile], ensure_ascii=False))
    frame = post(path + "/xhr").text
    expect(frame, 'a["' + "".join(f"\\u{ord(character):04x}" for character in hostile) + '"]\n')


@check
def every_character_comes_back_however_it_is_written():
    path = opened()
    everything = escaped([(0, 0xd7ff), (0xe000, 0xffff), (0x1f300, 0x1f5ff), (0x10fff0, 0x10ffff)])
    for start, is_ascii in itertools.product(range(0, len(everything), 5_000), [True, False]):
        text = everything[start:start + 5_000]
        send(path, json.dumps([text], ensure_ascii=is_ascii))
        expect(json.loads(post(path + "/xhr").text[1:]), [text])


# Versions of HTTP.


@check
def http_1_0_has_a_length_or_the_end_of_the_connection():
    head = "Host: a\r\nConnection: Keep-Alive\r\n"
    raw(f"GET /echo HTTP/1.0\r\n{head}\r\n",
        [r"HTTP/1\.[01] 200 (?=.*\r\nContent-Length: 19\r\n)(?!.*\r\nTransfer-Encoding).*?\r\n\r\nWelcome to SockJS!\n"])
    raw(f"POST {session('/close')}/xhr_streaming HTTP/1.0\r\n{head}Content-Length: 0\r\n\r\n",
        [r"HTTP/1\.[01] 200 (?!.*\r\n(?:Transfer-Encoding|Content-Length):).*?\r\n\r\nh{2048}\no\n"
         r'c\[3000,"Go away!"\]\n', None])


@check
def http_1_1_keeps_the_connection_and_streams_in_chunks():
    request = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"
    raw(request * 2, [r"HTTP/1\.1 200 (?=.*?\r\nContent-Length: 19\r\n).*?\r\n\r\nWelcome to SockJS!\n"] * 2)
    raw(f"POST {session('/close')}/xhr_streaming HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n" + request,
        [r"HTTP/1\.1 200 (?=.*?\r\nTransfer-Encoding: chunked\r\n).*?\r\n\r\n801\r\nh{2048}\n\r\n",
         r".*?0\r\n\r\n", r"HTTP/1\.1 200 .*?Welcome to SockJS!\n"])


def main():
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function()
            print("ok", name)
        except Wrong as error:
            print(f"failed {name}: {error}")
        except Exception:
            print(f"failed {name}: {traceback.format_exc()!r}")
    print(f"{len(CHECKS)} checks")


if __name__ == "__main__":
    main()
