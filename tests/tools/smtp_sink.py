#!/usr/bin/env python3
"""An SMTP server for tests: takes every message and writes it to a folder.

    smtp_sink.py FOLDER [--refuse ADDRESS]... [--answers FILE]

Listens on a free port of the loopback address and prints `PORT n` once it does.
Each message becomes FOLDER/0001.eml and so on, whole before it has that name,
with the envelope in `X-Envelope-From` and `X-Envelope-To`. A recipient named by
`--refuse` is answered 550. FILE, which is read anew for each message, has lines
of `STAGE ADDRESS ANSWER`: what is answered to `RCPT` or `DATA` for a recipient,
such as `RCPT full@post.example 452 4.2.2 mailbox full`. Ends when its standard input closes, so that it never
outlives the test that started it.
"""

import argparse
import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    """Keeps messages in a folder, numbered in order of arrival."""

    def __init__(self, folder: pathlib.Path, refused: set[str], answers: pathlib.Path | None):
        self.folder = folder
        self.refused = refused
        self.answers = answers
        self.count = 0

    def answer(self, stage: str, addresses: list[str]) -> str | None:
        if self.answers is None or not self.answers.exists():
            return None
        lines = (line.split(" ", 2) for line in self.answers.read_text().splitlines())
        return next((answer for at, address, answer in lines if at == stage and address in addresses), None)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        if answer := self.answer("RCPT", [address]):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if answer := self.answer("DATA", envelope.rcpt_tos):
            return answer
        self.count += 1
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos)
        unfinished = self.folder / f".{self.count:04}.part"
        unfinished.write_bytes(head.encode() + envelope.content)
        unfinished.rename(self.folder / f"{self.count:04}.eml")
        return "250 OK"


async def serve(folder: pathlib.Path, refused: set[str], answers: pathlib.Path | None) -> None:
    loop = asyncio.get_running_loop()
    sink = Sink(folder, refused, answers)
    server = await loop.create_server(lambda: SMTP(sink, hostname="localhost"), "127.0.0.1", 0)
    print(f"PORT {server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--refuse", action="append", default=[], metavar="ADDRESS")
    parser.add_argument("--answers", type=pathlib.Path, metavar="FILE")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(arguments.folder, set(arguments.refuse), arguments.answers))


if __name__ == "__main__":
    main()
