#!/usr/bin/env python3
"""A site's side of Fire Web Socket, as a module and as a command; Python 3.11 and nothing else.

    with Fire("127.0.0.1:8085") as fire:
        fire.auth("shop", secret)
        fire.emit("news", {"text": "hello"})
"""
import argparse, base64, hashlib, hmac, json, os, socket, struct, sys, time


class Fire:
    class Refused(Exception):
        """The server has answered no, with a code and a reason."""
        def __init__(self, code, reason):
            super().__init__(f"{code} {reason}")
            self.code, self.reason = code, reason

    def __init__(self, address="127.0.0.1:8085", timeout=10):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout)
        self.stream = self.socket.makefile("rb")

    def __enter__(self): return self
    def __exit__(self, *_): self.stream.close(), self.socket.close()

    def send(self, action, **members):
        """Asks without waiting. Each thing that was asked for has one answer, in order."""
        body = json.dumps({"action": action} | members, ensure_ascii=False, allow_nan=False).encode()
        self.socket.sendall(struct.pack("<i", len(body)) + body + b"\0")

    def receive(self):
        """The next answer. After an OSError the connection is of no use any more: make another."""
        answer = json.loads(self.read(struct.unpack("<i", self.read(4))[0] + 1)[:-1])
        # A state may say "success": false, too; it does not have just these three.
        if isinstance(answer, dict) and answer.keys() == {"success", "reason", "code"}:
            raise self.Refused(answer["code"], answer["reason"])
        return answer

    def read(self, count):
        data = self.stream.read(count)
        if len(data) < count: raise ConnectionError("the server has closed the connection")
        return data

    def ask(self, action, **members):
        self.send(action, **members)
        return self.receive()

    # A user that is None is none in particular; data that is None is the data null.
    def register(self, name, key): return self.ask("registerNameSpace", name=name, key=key)["secretKey"]
    def auth(self, name, secret): self.ask("auth", name=name, sKey=secret)
    def emit(self, channel, data, user=None): self.ask("emit", channel=channel, data=data, userId=user)
    def get(self, channel, user=None): return self.ask("get", channel=channel, params={"userId": user})
    def info(self, channel): return self.ask("channelInfo", channel=channel)
    def let_in(self, channel, user): self.ask("subscribe", channel=channel, params={"userId": user})
    def let_out(self, channel, user): self.ask("unsubscribe", channel=channel, params={"userId": user})
    def set(self, channel, data, user=None, emit=False, ttl=None):
        self.ask("set", channel=channel, data=data, params={"userId": user, "emit": emit, "ttl": ttl})

    @staticmethod
    def token(secret, user, seconds=None):
        """What a browser shows to come in as the user; good for so many seconds, or for ever."""
        payload = {"i": user} | ({"exp": int(time.time() + seconds)} if seconds else {})
        text = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
        signed = b".".join(text(json.dumps(part).encode()) for part in ({"alg": "HS256"}, payload))
        return (signed + b"." + text(hmac.digest(secret.encode(), signed, hashlib.sha256))).decode()


COMMANDS = {"register": "name", "token": "user --seconds", "emit": "channel data --user", "info": "channel",
            "set": "channel data --user --emit --ttl", "get": "channel --user", "let-in": "channel user",
            "let-out": "channel user"}


def run(given):
    """Does what a command line says; what it prints."""
    values = [getattr(given, word.strip("-")) for word in COMMANDS[given.command].split()]
    if given.command == "token": return Fire.token(given.secret, *values)
    with Fire(given.address or "127.0.0.1:8085") as fire:
        if given.command == "register": return fire.register(given.name, given.key)
        fire.auth(given.name, given.secret)
        answer = getattr(fire, given.command.replace("-", "_"))(*values)
        return json.dumps(answer, ensure_ascii=False) if given.command in ["get", "info"] else None


def main():
    parser = argparse.ArgumentParser(epilog="FIRE_ADDRESS, FIRE_KEY and so on in the environment do as well.")
    for option in ["address", "key", "name", "secret"]:
        parser.add_argument(f"--{option}", default=os.environ.get(f"FIRE_{option.upper()}", ""))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in COMMANDS.items():
        command = commands.add_parser(name)
        for word in words.split():
            kind = {"data": json.loads, "--ttl": float, "--seconds": float}.get(word, str)
            command.add_argument(word, **{"action": "store_true"} if word == "--emit" else {"type": kind})
    try:
        if (text := run(parser.parse_args())) is not None: print(text)
    except (Fire.Refused, OSError, ValueError) as error:
        sys.exit(f"fire.py: {error}")


if __name__ == "__main__": main()
