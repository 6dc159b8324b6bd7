"""A service that Candor can ask: a loyalty programme, in one file of standard Python.

It speaks the protocol of docs/reference/http-source.md. Start it, and see the
address it prints:

    LOYALTY_SECRET=whsec_... python3 service.py 127.0.0.1:8088
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import sqlite3
import sys
import threading
import time

TOLERANCE_SECONDS = 300
BODY_BYTES_MAX = 1024 * 1024
SCHEMA = """
CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT, customer_id TEXT, name TEXT);
CREATE TABLE points (id INTEGER PRIMARY KEY, member_id INTEGER, amount INTEGER, shop TEXT);
CREATE TABLE receipts (id INTEGER PRIMARY KEY, member_id INTEGER, total INTEGER, name TEXT);
CREATE TABLE steps (step TEXT PRIMARY KEY, effects TEXT);
CREATE TABLE kept (step TEXT PRIMARY KEY, records TEXT);
"""
DESCRIPTION = {
    "protocol": 1,
    "can": ["restore", "rectify"],
    "collections": {
        "members": {"key": ["id"], "fields": ["id", "email", "customer_id", "name"]},
        "points": {"key": ["id"], "fields": ["id", "member_id", "amount", "shop"]},
        "receipts": {"key": ["id"], "fields": ["id", "member_id", "total", "name"]},
    },
}


OPERATIONS = ("locate", "preview", "erase", "verify", "restore", "forget", "rectify")


FIELDS_TO_RECTIFY = ("email", "customer_id", "name", "shop")


class Refused(Exception):
    """An answer that is an HTTP status and nothing else."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Loyalty:
    """What the programme holds, and what can be asked about it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.db.executescript(SCHEMA)

    def rows(self, sql, *values):
        cursor = self.db.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor]

    def members(self, identities):
        """Ids of the members that any of the identities leads to."""
        found = set()
        for identity in identities:
            column = {"email": "lower(email)", "customer_id": "customer_id"}.get(identity["kind"])
            if column:
                sql = f"SELECT id FROM members WHERE {column} = ?"
                found |= {row["id"] for row in self.rows(sql, identity["value"])}
        return sorted(found)

    def locate(self, data):
        found = []
        for number, identity in enumerate(data["identities"]):
            for member in self.members([identity]):
                (row,) = self.rows("SELECT email, customer_id FROM members WHERE id = ?", member)
                known = [{"kind": kind, "value": value} for kind, value in row.items() if value]
                found.append({"identity": number, "collection": "members", "identities": known})
        return {"found": found}

    def effects(self, members):
        effects = []
        for collection, key, action in [
            ("members", "id", "delete"),
            ("points", "member_id", "delete"),
            ("receipts", "member_id", "pseudonymise"),
        ]:
            sql = f"SELECT count(*) AS n FROM {collection} WHERE {key} = ?"
            records = sum(self.rows(sql, member)[0]["n"] for member in members)
            if records:
                effects.append({"collection": collection, "action": action, "records": records})
        return effects

    def preview(self, data):
        return {"effects": self.effects(self.members(data["identities"]))}

    def erase(self, data):
        """Once for each step: a repeat reports what the first time did."""
        step = data["step"]
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            done = self.rows("SELECT effects FROM steps WHERE step = ?", step)
            if done:
                return {"step": step, "effects": json.loads(done[0]["effects"])}
            members = self.members(data["identities"])
            effects = self.effects(members)
            if data.get("keep"):
                kept = json.dumps([record for member in members for record in self.records(member)])
                self.db.execute("INSERT INTO kept VALUES (?, ?)", (step, kept))
            for member in members:
                self.db.execute("DELETE FROM points WHERE member_id = ?", (member,))
                self.db.execute(
                    "UPDATE receipts SET member_id = NULL, name = NULL WHERE member_id = ?", (member,)
                )
                self.db.execute("DELETE FROM members WHERE id = ?", (member,))
            self.db.execute("INSERT INTO steps VALUES (?, ?)", (step, json.dumps(effects)))
        return {"step": step, "effects": effects}

    def records(self, member):
        """Everything of a member, as it is; what others belong to first."""
        for collection, key in [("members", "id"), ("points", "member_id"), ("receipts", "member_id")]:
            for row in self.rows(f"SELECT * FROM {collection} WHERE {key} = ?", member):
                yield [collection, row]

    def restore(self, data):
        """Once for each step, and never over what changed since."""
        step = data["step"]
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            done = self.rows("SELECT effects FROM steps WHERE step = ?", step)
            if done:
                return {"step": step, "returned": json.loads(done[0]["effects"])}
            returned = {}
            for erased in data["steps"]:
                for kept in self.rows("SELECT records FROM kept WHERE step = ?", erased):
                    for collection, row in json.loads(kept["records"]):
                        self.bring_back(collection, row, returned)
                self.db.execute("DELETE FROM kept WHERE step = ?", (erased,))
            returned = list(returned.values())
            self.db.execute("INSERT INTO steps VALUES (?, ?)", (step, json.dumps(returned)))
        return {"step": step, "returned": returned}

    def bring_back(self, collection, row, returned):
        counts = returned.setdefault(
            collection, {"collection": collection, "records": 0, "set_back": 0, "left": {}}
        )
        now = self.rows(f"SELECT * FROM {collection} WHERE id = ?", row["id"])
        if not now:
            marks = ", ".join("?" * len(row))
            names = ", ".join(row)
            self.db.execute(f"INSERT INTO {collection} ({names}) VALUES ({marks})", tuple(row.values()))
            counts["records"] += 1
        elif collection == "receipts" and now[0]["member_id"] is None and now[0]["name"] is None:
            self.db.execute(
                "UPDATE receipts SET member_id = ?, name = ? WHERE id = ?",
                (row["member_id"], row["name"], row["id"]),
            )
            counts["set_back"] += 1
        else:
            why = "changed" if collection == "receipts" else "taken"
            counts["left"][why] = counts["left"].get(why, 0) + 1

    def forget(self, data):
        """Nobody can have it brought back any more."""
        for step in data["steps"]:
            self.db.execute("DELETE FROM kept WHERE step = ?", (step,))
        return {}

    def rectify(self, data):
        """Without a step it says what it would do; with one it does so, once."""
        step = data.get("step")
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            done = self.rows("SELECT effects FROM steps WHERE step = ?", step)
            if done:
                return {"step": step, "written": json.loads(done[0]["effects"])}
            members = self.members(data["identities"])
            obstacles = [self.obstacle(writing, members) for writing in data["writings"]]
            obstacles = [obstacle for obstacle in obstacles if obstacle]
            changes = {"members": set(), "points": set(), "receipts": set()}
            for writing in data["writings"]:
                collection, field = writing["collection"], writing["field"]
                if not self.is_known(collection, field):
                    continue
                for number in self.to_write(writing, members):
                    changes[collection].add(number)
                    if step and not obstacles:
                        sql = f"UPDATE {collection} SET {field} = ? WHERE id = ?"
                        self.db.execute(sql, (writing["value"], number))
            written = [{"collection": own, "records": len(ids)} for own, ids in changes.items() if ids]
            if step and not obstacles:
                self.db.execute("INSERT INTO steps VALUES (?, ?)", (step, json.dumps(written)))
        return {"step": step, "written": written, "obstacles": obstacles}

    def is_known(self, collection, field):
        known = DESCRIPTION["collections"].get(collection, {"fields": []})
        return field in known["fields"] and field in FIELDS_TO_RECTIFY

    def to_write(self, writing, members):
        """Ids of the members' own records that a writing is about."""
        collection, field = writing["collection"], writing["field"]
        key = "id" if collection == "members" else "member_id"
        for member in members:
            for row in self.rows(f"SELECT * FROM {collection} WHERE {key} = ?", member):
                if writing.get("was") is None or str(row[field]).lower() == writing["was"].lower():
                    yield row["id"]

    def obstacle(self, writing, members):
        """Why a value is not taken; never which."""
        collection, field, value = writing["collection"], writing["field"], writing["value"]
        why = None
        if not self.is_known(collection, field):
            why = "refused"
        elif field != "shop" and not value:
            why = "empty"
        elif value and len(value) > 100:
            why = "form"
        elif field in ("email", "customer_id"):
            sql = f"SELECT id FROM members WHERE lower({field}) = ?"
            if any(row["id"] not in members for row in self.rows(sql, value.lower())):
                why = "taken"
        return why and {"collection": collection, "field": field, "why": why}

    def verify(self, data):
        """Looks for values, not for members: those should be gone."""
        residue = []
        for kind, field in [("email", "email"), ("customer_id", "customer_id")]:
            values = [one["value"] for one in data["identities"] if one["kind"] == kind]
            sql = f"SELECT count(*) AS n FROM members WHERE lower({field}) = ?"
            records = sum(self.rows(sql, value)[0]["n"] for value in values)
            if records:
                residue.append({"collection": "members", "field": field, "records": records})
        for collection in ["points", "receipts"]:
            sql = f"SELECT count(*) AS n FROM {collection} WHERE member_id NOT IN (SELECT id FROM members)"
            records = self.rows(sql)[0]["n"]
            if records:
                residue.append({"collection": collection, "field": "member_id", "records": records})
        return {"residue": residue}

    def export(self, data):
        """Record by record, all of one collection before the next."""
        members = self.members(data["identities"])
        for collection, key in [("members", "id"), ("points", "member_id"), ("receipts", "member_id")]:
            for member in members:
                for row in self.rows(f"SELECT * FROM {collection} WHERE {key} = ?", member):
                    yield {"collection": collection, "record": row}


class Signer:
    """Standard Webhooks with a shared secret."""

    def __init__(self, secret):
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.seen = {}

    def sign(self, message_id, sent_at, body):
        signed = f"{message_id}.{sent_at}.".encode() + body
        digest = hmac.new(self.key, signed, hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode()

    def check(self, headers, body):
        """Refuses what is not signed, is of another time, or was here before."""
        message_id = headers.get("webhook-id", "")
        sent_at = headers.get("webhook-timestamp", "")
        expected = self.sign(message_id, sent_at, body)
        signatures = headers.get("webhook-signature", "").split(" ")
        if not any(hmac.compare_digest(expected, signature) for signature in signatures):
            raise Refused(401)
        now = time.time()
        if not sent_at.isdigit() or abs(now - int(sent_at)) > TOLERANCE_SECONDS:
            raise Refused(401)
        self.seen = {known: at for known, at in self.seen.items() if now - at < 2 * TOLERANCE_SECONDS}
        if message_id in self.seen:
            raise Refused(409)
        self.seen[message_id] = now
        return message_id


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        try:
            length = int(self.headers.get("content-length", 0))
            if length > BODY_BYTES_MAX:
                raise Refused(413)
            body = self.rfile.read(length)
            with self.server.loyalty.lock:
                message_id = self.server.signer.check(self.headers, body)
                self.handle_message(message_id, json.loads(body))
        except Refused as refused:
            self.send_status(refused.status)

    def handle_message(self, message_id, message):
        loyalty = self.server.loyalty
        kind, data = message["type"], message["data"]
        if kind == "candor.describe":
            self.answer(message_id, kind, DESCRIPTION)
        elif kind == "candor.export":
            self.stream(message_id, loyalty.export(data))
        elif kind.removeprefix("candor.") in OPERATIONS:
            operation = getattr(loyalty, kind.removeprefix("candor."))
            self.answer(message_id, kind, operation(data))
        else:
            raise Refused(404)

    def answer(self, message_id, kind, data, status=200):
        body = json.dumps({"type": kind if status == 202 else kind + ".answer", "data": data}).encode()
        self.send_response(status)
        self.send_signed_headers(message_id, body, "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, message_id, records):
        """The last line signs the SHA-256 of all lines before it."""
        sent_at = int(time.time())
        self.send_response(200)
        self.send_header("content-type", "application/x-ndjson")
        self.send_header("webhook-id", message_id)
        self.send_header("webhook-timestamp", str(sent_at))
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        digest, count = hashlib.sha256(), 0
        for record in records:
            line = json.dumps(record).encode() + b"\n"
            digest.update(line)
            count += 1
            self.chunk(line)
        signature = self.server.signer.sign(message_id, sent_at, digest.hexdigest().encode())
        self.chunk(json.dumps({"end": {"records": count, "signature": signature}}).encode() + b"\n")
        self.chunk(b"")

    def chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def send_signed_headers(self, message_id, body, content_type):
        sent_at = int(time.time())
        self.send_header("content-type", content_type)
        self.send_header("webhook-id", message_id)
        self.send_header("webhook-timestamp", str(sent_at))
        self.send_header("webhook-signature", self.server.signer.sign(message_id, sent_at, body))

    def send_status(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Nothing: what is asked about people belongs in no log."""


def serve(address, handler=Handler):
    host, port = address.rsplit(":", 1)
    server = http.server.ThreadingHTTPServer((host, int(port)), handler)
    server.daemon_threads = True
    server.loyalty = Loyalty()
    server.signer = Signer(os.environ["LOYALTY_SECRET"])
    print(f"http://{host}:{server.server_port}/candor", flush=True)
    return server


if __name__ == "__main__":
    serve(sys.argv[1]).serve_forever()
