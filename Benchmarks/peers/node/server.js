// node server.js PORT [tls CERTIFICATE KEY] [deflate LEVEL]: the floor's behaviour on Node's ws, in one
// thread. Paths beginning with /echo echo, any other path is a room.
"use strict";

const fs = require("fs");
const { WebSocketServer } = require("ws");

const words = process.argv.slice(2);
const port = Number(words.shift());
let secret = null; // certificate and key
let perMessageDeflate = false;
while (words.length > 0) {
  const word = words.shift();
  if (word === "tls") {
    secret = { cert: fs.readFileSync(words.shift()), key: fs.readFileSync(words.shift()) };
  } else if (word === "deflate") {
    const zlibDeflateOptions = { level: Number(words.shift()) };
    const taken = { serverNoContextTakeover: true, clientNoContextTakeover: true };
    perMessageDeflate = { ...taken, threshold: 1024, zlibDeflateOptions };
  } else {
    throw new Error(`unknown word "${word}"`);
  }
}

const http = secret ? require("https").createServer(secret) : require("http").createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate, maxPayload: 1 << 20 });
const rooms = new Map();

function roomAt(path) {
  if (!rooms.has(path)) rooms.set(path, new Set());
  return rooms.get(path);
}

server.on("connection", (peer, request) => {
  peer.on("error", () => {}); // the load ends its runs with resets
  if (request.url.startsWith("/echo")) {
    peer.on("message", (data, binary) => peer.send(data, { binary }));
    return;
  }
  const room = roomAt(request.url);
  room.add(peer);
  peer.on("close", () => room.delete(peer));
  peer.on("message", (data, binary) => {
    for (const member of room) if (member.readyState === member.OPEN) member.send(data, { binary });
  });
});

http.on("tlsClientError", () => {});
http.listen(port, "127.0.0.1", 4096);
