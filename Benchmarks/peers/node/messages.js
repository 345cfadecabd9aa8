// node messages.js PORT ADDON STORE [batched]: the chat's send_msg on Node's http module and SQLite, in one thread, which
// waits for the disk itself. Every message is a transaction of its own; batched, what comes in one turn of the loop is one.
"use strict";

const http = require("http");

const [port, addon, path, batched] = process.argv.slice(2);
const store = require(addon);
store.open(path);
const begin = store.prepare("BEGIN IMMEDIATE");
const commit = store.prepare("COMMIT");
const dialog = store.prepare("SELECT 1 FROM dialogs WHERE id = ?");
const user = store.prepare("SELECT 1 FROM users WHERE id = ?");
const member = store.prepare("SELECT 1 FROM members WHERE dialog_id = ? AND user_id = ?");
const join = store.prepare("INSERT INTO members (dialog_id, user_id) VALUES (?, ?)");
const keep = store.prepare("INSERT INTO messages (id, dialog_id, user_id, text, time) VALUES (?, ?, ?, ?, ?)");
let last = store.run(store.prepare("SELECT MAX(id) FROM messages"));

const LONGEST = 4096; // code points

function number(value) {
  if (typeof value === "string" && /^[0-9]{1,18}$/.test(value)) return Number(value);
  return Number.isSafeInteger(value) ? value : null;
}

function sent({ text, id_dialog, id_user }) {
  for (const [name, value] of Object.entries({ text, id_dialog, id_user })) if (value == null) return `Need ${name}`;
  if (typeof text !== "string") return "Bad text";
  const inDialog = number(id_dialog);
  if (inDialog === null) return "Bad id_dialog";
  const byUser = number(id_user);
  if (byUser === null) return "Bad id_user";
  if (text.length > LONGEST && [...text].length > LONGEST) return "Text is too long";
  if (store.run(dialog, inDialog) === undefined) return "Dialog with this id not find";
  if (store.run(user, byUser) === undefined) return "User with this id not find";
  if (store.run(member, inDialog, byUser) === undefined) store.run(join, inDialog, byUser);
  last += 1;
  store.run(keep, last, inDialog, byUser, text, Math.floor(Date.now() / 1000));
  return "OK";
}

function answerTo(command) {
  if (command === null || typeof command !== "object" || typeof command.cmd !== "string") return "Need cmd";
  return command.cmd === "send_msg" || command.cmd === "Send_msg" ? sent(command) : "Unknown command";
}

function respond(response, status, ans) {
  const body = JSON.stringify({ ans });
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}

let waiting = [];

function handle() {
  const all = waiting;
  waiting = [];
  store.run(begin);
  const answers = all.map(([command]) => answerTo(command));
  store.run(commit);
  all.forEach(([, response], place) => respond(response, 200, answers[place]));
}

function take(body, response) {
  let command;
  try {
    command = JSON.parse(body);
  } catch {
    respond(response, 400, "Invalid JSON");
    return;
  }
  waiting.push([command, response]);
  if (!batched) handle();
  else if (waiting.length === 1) setImmediate(handle);
}

const server = http.createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/tests/endpoint") {
    respond(response, 404, "Not found");
    return;
  }
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => take(Buffer.concat(chunks).toString(), response));
});
server.on("clientError", (_, peer) => peer.destroy()); // the load ends its runs with resets
server.listen(Number(port), "127.0.0.1", 4096);
