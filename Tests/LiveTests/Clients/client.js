// A client on Node's ws: client.js URL [AUTHORITY]. The last is for wss: the file of the certificate authority.
//
// Each line of standard input is sent as a text message; each message that comes is a line of standard output.
// The first line is "open". The end of standard input closes the connection, and the last line says its code.
const fs = require('fs');
const readline = require('readline');
const WebSocket = require('ws');

const [url, authority] = process.argv.slice(2);
const socket = new WebSocket(url, url.startsWith('wss:') ? { ca: fs.readFileSync(authority) } : {});
socket.on('open', () => {
  console.log('open');
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => socket.send(line));
  lines.on('close', () => socket.close(1000));
});
socket.on('message', (data) => console.log(data.toString()));
socket.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
socket.on('close', (code) => {
  console.log(`closed ${code}`);
  process.exit(0);
});
