"""Logs in by cookies, with PyPI's websockets: cookies.py URL COUNT COOKIE...

COUNT clients come at once, each with all the headers `Cookie` and a message right behind the request where it may be sent.
A line for each says what came: its first two messages, or the status and the body of a refusal.
"""
import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


async def come(url, cookies):
    try:
        async with connect(url, proxy=None, additional_headers=[("Cookie", cookie) for cookie in cookies]) as socket:
            await socket.send("hello")
            return f"{await socket.recv()} {await socket.recv()}"
    except InvalidStatus as refusal:
        return f"{refusal.response.status_code} {refusal.response.body.decode().strip()}"


async def main(url, count, *cookies):
    for line in await asyncio.gather(*(come(url, cookies) for _ in range(int(count)))):
        print(line)


asyncio.run(main(*sys.argv[1:]))
