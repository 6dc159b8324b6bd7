"""The reference service of examples/http-source with what goes wrong in others.

What it does wrong is said by unsigned messages to /control, from a test:
`{"fault": NAME, "times": N}`, `{"sql": TEXT}`, `{"count": TABLE}`, `{"asked": true}`.
"""

import http.client
import json
import os
import pathlib
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "examples/http-source"))
import service  # noqa: E402


class Careless(service.Signer):
    """Believes whoever asks."""

    def check(self, headers, body):
        return headers.get("webhook-id")


class Forgetful(service.Signer):
    """Never remembers that it was asked."""

    def check(self, headers, body):
        self.seen = {}
        return super().check(headers, body)


SIGNERS = {"careless": Careless, "forgetful": Forgetful}


class Faulty(service.Handler):
    def do_POST(self):
        if self.path != "/control":
            return super().do_POST()
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        server, said = self.server, {}
        with server.loyalty.lock:
            if "fault" in body:
                server.fault, server.times = body["fault"], body["times"]
                if server.fault in SIGNERS:
                    server.signer = SIGNERS[server.fault](os.environ["LOYALTY_SECRET"])
                    server.fault = None
            if "sql" in body:
                server.loyalty.db.executescript(body["sql"])
            if "count" in body:
                (row,) = server.loyalty.rows(f"SELECT count(*) AS n FROM {body['count']}")
                said["count"] = row["n"]
            said["asked"] = list(server.asked)
        answer = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def handle_message(self, message_id, message):
        server = self.server
        kind = message["type"]
        server.asked.append(kind)
        operation, _, fault = (server.fault or "").rpartition("/")
        applies = server.times > 0 and fault and (not operation or kind == f"candor.{operation}")
        if kind == "candor.result":
            return self.result(message_id, message["data"]["task"], fault)
        if not applies:
            return super().handle_message(message_id, message)
        server.times -= 1
        getattr(self, fault)(message_id, message)

    def result(self, message_id, task, fault):
        server = self.server
        waiting = server.tasks.get(task)
        if waiting is None or fault == "forgets":
            server.tasks.pop(task, None)
            raise service.Refused(404)
        if fault == "never" or time.time() < waiting["ready_at"]:
            return self.answer(message_id, "candor.pending", {"task": task}, status=202)
        del server.tasks[task]
        super().handle_message(message_id, waiting["message"])

    def busy(self, *_):
        self.send_response(429)
        self.send_header("retry-after", "0")
        self.send_header("content-length", "0")
        self.end_headers()

    def down(self, *_):
        self.send_status(503)

    def lost(self, message_id, message):
        """Does what it is asked, and the answer is lost on the way."""
        if message["type"] in ("candor.erase", "candor.restore", "candor.rectify"):
            operation = getattr(self.server.loyalty, message["type"].removeprefix("candor."))
            operation(message["data"])
        self.close_connection = True

    def half(self, message_id, message):
        self.send_response(200)
        self.send_signed_headers(message_id, b"", "application/json")
        self.send_header("content-length", "100")
        self.end_headers()
        self.wfile.write(b'{"type": "candor.')
        self.close_connection = True

    def half_stream(self, message_id, message):
        self.chunk = lambda data: None if b'"end"' in data else type(self).chunk(self, data)
        super().handle_message(message_id, message)

    def changed_stream(self, message_id, message):
        self.chunk = lambda data: type(self).chunk(self, data.replace(b"Mireille", b"Somebody"))
        super().handle_message(message_id, message)

    def unsigned(self, message_id, message):
        super().handle_message(message_id + "x", message)

    def strangers(self, message_id, message):
        own, self.server.signer = self.server.signer, service.Signer("whsec_" + "A" * 32)
        try:
            super().handle_message(message_id, message)
        finally:
            self.server.signer = own

    def other(self, message_id, message):
        """Signed, but the answer to another question."""
        self.answer(message_id, "candor.verify", {"residue": []})

    def slow(self, message_id, message):
        server = self.server
        task = f"task-{len(server.asked)}"
        server.tasks[task] = {"message": message, "ready_at": time.time() + 0.5}
        data = {"task": task, "again_in_seconds": 1}
        self.answer(message_id, "candor.pending", data, status=202)

    never = slow
    forgets = slow

    def calls_back(self, message_id, message):
        """Asks for far more patience than anybody has, and says when it is done."""
        server = self.server
        task = f"task-{len(server.asked)}"
        server.tasks[task] = {"message": message, "ready_at": 0}
        data = {"task": task, "again_in_seconds": 3600}
        self.answer(message_id, "candor.pending", data, status=202)
        self.wfile.flush()
        where = urllib.parse.urlsplit(message["callback"])
        body = json.dumps({"type": "candor.ready", "data": {"task": task}}).encode()
        sent_at = int(time.time())
        headers = {
            "content-type": "application/json",
            "webhook-id": f"done-{task}",
            "webhook-timestamp": str(sent_at),
            "webhook-signature": server.signer.sign(f"done-{task}", sent_at, body),
        }
        time.sleep(0.5)
        connection = http.client.HTTPConnection(where.netloc)
        connection.request("POST", where.path, body, headers)
        server.asked.append(f"callback {connection.getresponse().status}")

    def lies(self, message_id, message):
        """Says that it erased, and that nothing is left."""
        data = message["data"]
        if message["type"] == "candor.erase":
            effects = self.server.loyalty.preview(data)["effects"]
            self.answer(message_id, "candor.erase", {"step": data["step"], "effects": effects})
        elif message["type"] == "candor.verify":
            self.answer(message_id, "candor.verify", {"residue": []})
        else:
            super().handle_message(message_id, message)

    def keeps(self, message_id, message):
        """Would keep what the map says is deleted."""
        effects = [{"collection": "members", "action": "keep", "records": 1}]
        self.answer(message_id, "candor.preview", {"effects": effects})

    def grown(self, message_id, message):
        """Has a collection that nobody mapped."""
        description = json.loads(json.dumps(service.DESCRIPTION))
        description["collections"]["friends"] = {"key": [], "fields": ["email"]}
        self.answer(message_id, "candor.describe", description)

    def unable(self, message_id, message):
        """Can do nothing but what it must."""
        description = {own: said for own, said in service.DESCRIPTION.items() if own != "can"}
        self.answer(message_id, "candor.describe", description)

    def hoards(self, message_id, message):
        """Says that it forgot."""
        self.answer(message_id, "candor.forget", {})

    def invents(self, message_id, message):
        """Brings back more than it took."""
        super().handle_message(message_id, message)
        self.server.loyalty.db.execute("INSERT INTO points (member_id) SELECT min(id) FROM members")

    def pretends(self, message_id, message):
        """Says that it wrote."""
        data = {own: said for own, said in message["data"].items() if own != "step"}
        said = self.server.loyalty.rectify(data)
        self.answer(message_id, "candor.rectify", {**said, "step": message["data"].get("step")})

    def hasty(self, message_id, message):
        """Writes what was to be tried out."""
        data = {**message["data"], "step": f"hasty-{len(self.server.asked)}"}
        said = self.server.loyalty.rectify(data)
        self.answer(message_id, "candor.rectify", {**said, "step": message["data"].get("step")})

    def nothing(self, message_id, message):
        self.stream(message_id, iter(()))

    def twice(self, message_id, message):
        """Takes every step for another one."""
        self.server.loyalty.db.execute("DELETE FROM steps")
        super().handle_message(message_id, message)

    def more(self, message_id, message):
        """Hands out a field that nobody mapped."""
        records = [{"collection": "members", "record": {"id": 1, "shoe_size": 44}}]
        self.stream(message_id, iter(records))


if __name__ == "__main__":
    server = service.serve("127.0.0.1:0", Faulty)
    server.fault, server.times, server.asked, server.tasks = None, 0, [], {}
    server.serve_forever()
