"""A client on PyPI's websockets: client.py URL.

Each line of standard input is sent as a text message; each message that comes is a line of standard output.
The first line is "open". The end of standard input closes the connection, and the last line says its code.
"""
import asyncio
import sys

from websockets.asyncio.client import connect


def say(text):
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


async def listen(socket):
    async for message in socket:
        say(message)


async def main(url):
    async with connect(url, proxy=None) as socket:
        say("open")
        listening = asyncio.create_task(listen(socket))
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            await socket.send(line.decode().removesuffix("\n"))
        await socket.close()
        await listening
    say(f"closed {socket.close_code}")


asyncio.run(main(sys.argv[1]))
