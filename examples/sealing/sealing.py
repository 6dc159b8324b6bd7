"""Seals columns of an application under the keys of the people they are about.

Standard library only. What `Candor.seal` returns is stored in place of the value;
`Candor.open` reads it again, until the person is erased: then no copy of the database,
however old, can be read any more.

As a program, a small application: notes about customers in SQLite.

    python3 sealing.py add EMAIL < note       python3 sealing.py list
"""

import json
import os
import sqlite3
import sys
import urllib.request

FIELDS_AT_ONCE = 500  # the service takes 1,000, of 8 MiB together


class Candor:
    """The service, and a key that may `seal`, `open` or both."""

    def __init__(self, server, key):
        self.server, self.key = server.rstrip("/"), key

    def seal(self, fields):
        """One text for each field, in their order. A field is `person` (one identity,
        such as `{"email": "ada@post.example"}`), `table`, `column`, `row` and `value`."""
        return [field["sealed"] for field in self._ask("seal", fields)]

    def open(self, fields):
        """One value for each field (`table`, `column`, `row`, `sealed`), in their order;
        `None` where the person is erased."""
        opened = []
        for field, answer in zip(fields, self._ask("open", fields)):
            if answer["is"] == "refused":
                place = "/".join(field[name] for name in ("table", "column", "row"))
                raise ValueError(f"{place} was changed, or sealed for another place")
            opened.append(answer.get("value"))
        return opened

    def _ask(self, what, fields):
        answers = []
        for start in range(0, len(fields), FIELDS_AT_ONCE):
            body = json.dumps({"fields": fields[start : start + FIELDS_AT_ONCE]})
            request = urllib.request.Request(
                f"{self.server}/v1/{what}",
                body.encode(),
                {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                answers += json.load(answer)["fields"]
        return answers


def place(row):
    """Where a note stands. The row's key is part of it: a note that is copied to
    another row does not open there."""
    return {"table": "notes", "column": "text", "row": str(row)}


def add(candor, database, email, text):
    account = database.execute("SELECT id FROM accounts WHERE email = ?", [email]).fetchone()
    with database:
        row = database.execute("INSERT INTO notes (account) VALUES (?)", account).lastrowid
        field = {"person": {"email": email}, "value": text, **place(row)}
        [sealed] = candor.seal([field])
        database.execute("UPDATE notes SET text = ? WHERE id = ?", [sealed, row])


def notes(candor, database):
    rows = database.execute("SELECT id, text FROM notes ORDER BY id").fetchall()
    values = candor.open([{"sealed": sealed, **place(row)} for row, sealed in rows])
    return [(row, "(gone)" if value is None else value) for (row, _), value in zip(rows, values)]


def main():
    with open(os.environ["CANDOR_API_KEY_FILE"], encoding="ascii") as file:
        candor = Candor(os.environ["CANDOR_SERVER"], file.read().strip())
    database = sqlite3.connect(os.environ.get("DATABASE", "app.sqlite"))
    match sys.argv[1:]:
        case ["add", email]:
            add(candor, database, email, sys.stdin.read().strip())
        case ["list"]:
            for row, text in notes(candor, database):
                print(f"{row}: {text}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
