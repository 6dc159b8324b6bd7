// Seals columns of an application under the keys of the people they are about. No
// dependency; Node 18 or later. What `seal` returns is stored in place of the value;
// `open` reads it again, until the person is erased: then no copy of the database,
// however old, can be read any more.
//
// As a program it reads lines of JSON and writes them again, sealed or opened:
//
//     node sealing.mjs seal < plain.jsonl > stored.jsonl
//     node sealing.mjs open < stored.jsonl

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FIELDS_AT_ONCE = 500; // the service takes 1,000, of 8 MiB together

export class Candor {
  /** The service, and a key that may `seal`, `open` or both. */
  constructor(server, key) {
    this.server = server.replace(/\/$/, "");
    this.key = key;
  }

  /** One text for each field, in their order. A field is `person` (one identity, such
   *  as `{ email: "ada@post.example" }`), `table`, `column`, `row` and `value`. */
  async seal(fields) {
    return (await this.#ask("seal", fields)).map((answer) => answer.sealed);
  }

  /** One value for each field (`table`, `column`, `row`, `sealed`), in their order;
   *  `null` where the person is erased. */
  async open(fields) {
    const answers = await this.#ask("open", fields);
    return answers.map((answer, at) => {
      if (answer.is === "refused") {
        const { table, column, row } = fields[at];
        throw new Error(`${table}/${column}/${row} was changed, or sealed for another place`);
      }
      return answer.value ?? null;
    });
  }

  async #ask(what, fields) {
    const answers = [];
    for (let start = 0; start < fields.length; start += FIELDS_AT_ONCE) {
      const answer = await fetch(`${this.server}/v1/${what}`, {
        method: "POST",
        headers: { authorization: `Bearer ${this.key}`, "content-type": "application/json" },
        body: JSON.stringify({ fields: fields.slice(start, start + FIELDS_AT_ONCE) }),
        signal: AbortSignal.timeout(30_000),
      });
      if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
      answers.push(...(await answer.json()).fields);
    }
    return answers;
  }
}

async function main([what]) {
  const { CANDOR_SERVER, CANDOR_API_KEY_FILE } = process.env;
  const candor = new Candor(CANDOR_SERVER, readFileSync(CANDOR_API_KEY_FILE, "utf8").trim());
  const lines = readFileSync(0, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  if (what === "seal") {
    const sealed = await candor.seal(lines);
    lines.forEach(({ table, column, row }, at) =>
      console.log(JSON.stringify({ table, column, row, sealed: sealed[at] })));
  } else {
    const values = await candor.open(lines);
    lines.forEach(({ table, column, row }, at) =>
      console.log(`${table}/${column}/${row}: ${values[at] ?? "(gone)"}`));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
