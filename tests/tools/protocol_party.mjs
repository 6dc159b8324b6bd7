// The other side of two protocols, with Node's cryptography: an authorised agent
// (Data Rights Protocol) and a controller (OpenDSR), who are told of changes by
// callbacks. It speaks in lines of JSON: what it is told to do comes in, what came
// of it goes out.
import { Buffer } from "node:buffer";
import { createPublicKey, generateKeyPairSync, sign, verify, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const keys = generateKeyPairSync("ed25519");
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
// Answers 503 to so many callbacks before it takes one.
let refuse = Number(process.argv[2] ?? 0);

const told = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const taken = refuse <= 0;
    refuse -= 1;
    response.writeHead(taken ? 200 : 503).end();
    if (taken) {
      const { headers, url } = request;
      say({ told: url, headers, body: Buffer.concat(parts).toString("utf8") });
    }
  });
});

// libsodium's crypto_sign: the signature, then the message.
const signed = (message) => {
  const text = Buffer.from(JSON.stringify(message));
  return Buffer.concat([sign(null, text, keys.privateKey), text]).toString("base64");
};

const work = {
  // An HTTP request as it is.
  async send({ method, url, headers, body }) {
    const answer = await fetch(url, { method, headers, body, redirect: "error" });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  },
  // One whose body is signed.
  async sendSigned({ method, url, headers, message }) {
    const own = { "content-type": "text/plain", ...headers };
    return work.send({ method, url, headers: own, body: signed(message) });
  },
  // Whether a body was signed under a certificate, and for whom that is.
  async verify({ certificate, body, signature, host }) {
    const known = new X509Certificate(certificate);
    const key = createPublicKey(known.publicKey.export({ type: "spki", format: "pem" }));
    const fits = verify("sha256", Buffer.from(body), key, Buffer.from(signature, "base64"));
    return { verified: fits, host: known.checkIP(host) ?? known.checkHost(host) ?? null };
  },
};

told.listen(0, "127.0.0.1", () => {
  const raw = keys.publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  say({ callbacks: `http://127.0.0.1:${told.address().port}`, verifyKey: raw.toString("base64") });
});
for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, ...how } = JSON.parse(line);
  try {
    say({ done: await work[what](how) });
  } catch (error) {
    say({ failed: String(error) });
  }
}
process.exit(0);
