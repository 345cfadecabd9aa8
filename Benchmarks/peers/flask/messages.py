"""The chat's send_msg on Flask and SQLite: STORE in the environment is the file. For gunicorn: messages:app."""

import os
import sqlite3
import threading
import time

from flask import Flask, jsonify, request

LONGEST = 4096  # code points

app = Flask(__name__)
kept = threading.local()
writing = threading.Lock()  # waiting for it is cheaper than for SQLite's


def store():
    """This thread's connection, with the settings that Patchbay's store has."""
    if not hasattr(kept, "store"):
        kept.store = sqlite3.connect(os.environ["STORE"], timeout=60, isolation_level=None)
        kept.store.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                 "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY")
    return kept.store


def number(value):
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return value if type(value) is int else None


def sent(command):
    text, dialog, user = (command.get(name) for name in ("text", "id_dialog", "id_user"))
    for name, value in ("text", text), ("id_dialog", dialog), ("id_user", user):
        if value is None:
            return f"Need {name}"
    if not isinstance(text, str):
        return "Bad text"
    dialog, user = number(dialog), number(user)
    if dialog is None:
        return "Bad id_dialog"
    if user is None:
        return "Bad id_user"
    if len(text) > LONGEST:
        return "Text is too long"
    with writing:
        return keep(store(), text, dialog, user)


def keep(rows, text, dialog, user):
    rows.execute("BEGIN IMMEDIATE")
    try:
        if not rows.execute("SELECT 1 FROM dialogs WHERE id = ?", [dialog]).fetchone():
            return "Dialog with this id not find"
        if not rows.execute("SELECT 1 FROM users WHERE id = ?", [user]).fetchone():
            return "User with this id not find"
        if not rows.execute("SELECT 1 FROM members WHERE dialog_id = ? AND user_id = ?", [dialog, user]).fetchone():
            rows.execute("INSERT INTO members (dialog_id, user_id) VALUES (?, ?)", [dialog, user])
        rows.execute("INSERT INTO messages (id, dialog_id, user_id, text, time) "
                     "VALUES ((SELECT MAX(id) + 1 FROM messages), ?, ?, ?, ?)", [dialog, user, text, int(time.time())])
    finally:
        rows.execute("COMMIT")
    return "OK"


@app.post("/tests/endpoint")
def endpoint():
    command = request.get_json(force=True, silent=True)
    if command is None:
        return jsonify(ans="Invalid JSON"), 400
    if not isinstance(command, dict) or not isinstance(command.get("cmd"), str):
        return jsonify(ans="Need cmd")
    return jsonify(ans=sent(command) if command["cmd"] in ("send_msg", "Send_msg") else "Unknown command")
