"""A client on PyPI's websockets: client.py URL [AUTHORITY VERSION].

The last two are for wss: the file of the certificate authority, and the version of TLS, 1.2 or 1.3.

Each line of standard input is sent as a text message; each message that comes is a line of standard output.
The first line is "open". The end of standard input closes the connection, and the last line says its code.
"""
import asyncio
import ssl
import sys

from websockets.asyncio.client import connect, unix_connect


def say(text):
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


async def listen(socket):
    async for message in socket:
        say(message)


def opened(url, authority=None, version=None):
    if url.startswith("ws+unix:"):
        _, path, resource = url.split(":", 2)
        return unix_connect(path, f"ws://localhost{resource}")
    if not url.startswith("wss:"):
        return connect(url, proxy=None)
    context = ssl.create_default_context(cafile=authority)
    context.minimum_version = context.maximum_version = ssl.TLSVersion[f"TLSv{version.replace('.', '_')}"]
    return connect(url, proxy=None, ssl=context)


async def main(*arguments):
    async with opened(*arguments) as socket:
        say("open")
        listening = asyncio.create_task(listen(socket))
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            await socket.send(line.decode().removesuffix("\n"))
        await socket.close()
        await listening
    say(f"closed {socket.close_code}")


asyncio.run(main(*sys.argv[1:]))
