// The published verifier (web/verifier/verifier.html) in a real browser, opened as a
// file: it accepts receipts that were made here, by other code than the ledger's, and
// refuses every kind of broken one. It may call nobody.

import assert from 'node:assert/strict';
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { inspect, launch } from './axe.mjs';

const PAGE = new URL('../../web/verifier/verifier.html', import.meta.url);
const EXAMPLE = new URL('../../web/verifier/example.tlog-proof', import.meta.url);
const EXAMPLE_KEY = new URL('../../web/verifier/example.key', import.meta.url);

const ORIGIN = 'privacy.example/ledger';
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SUBJECT = 'camille@post.example';
const SALT = Buffer.alloc(32, 7);

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafOf = (entry) => sha256(Buffer.from([0]), Buffer.from(entry));
const nodeOf = (left, right) => sha256(Buffer.from([1]), left, right);

/** A ledger's key of a number. */
function keyOf(number, name = ORIGIN) {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, number)]), format: 'der', type: 'pkcs8' });
  const der = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const bytes = Buffer.concat([Buffer.from([1]), der.subarray(-32)]);
  const id = sha256(Buffer.from(`${name}\n`), bytes).subarray(0, 4);
  return { secret, name, id, text: `${name}+${id.toString('hex')}+${bytes.toString('base64')}` };
}

/** RFC 6962, 2.1: the root over leaves, and the path of one. */
function split(leaves) {
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return [leaves.slice(0, half), leaves.slice(half)];
}
function rootOf(leaves) {
  if (leaves.length === 1) return leaves[0];
  const [left, right] = split(leaves);
  return nodeOf(rootOf(left), rootOf(right));
}
function pathOf(leaves, at) {
  if (leaves.length === 1) return [];
  const [left, right] = split(leaves);
  return at < left.length
    ? [...pathOf(left, at), rootOf(right)]
    : [...pathOf(right, at - left.length), rootOf(left)];
}

function noteOf(text, ...keys) {
  const lines = keys.map((key) => {
    const signature = sign(null, Buffer.from(text), key.secret);
    return `\u2014 ${key.name} ${Buffer.concat([key.id, signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

const KEY = keyOf(1);
const COMMITMENT = createHmac('sha256', SALT).update(SUBJECT).digest('hex');
const ENTRY = `{"at":"2026-11-22T09:30:00Z","commitment":"${COMMITMENT}","facts":{"rows":214,"what":"caf\u00e9 \\"x\\""},"kind":"subject_request.completed","promises":["right.erasure"],"version":1}`;
const OPENING = `{"salt":"${SALT.toString('hex')}","subject":"${Buffer.from(SUBJECT).toString('base64')}"}`;

/** The text of a receipt, of parts that a test may spoil. */
function receiptOf({ entry = ENTRY, size = 7, index = 3, opening = OPENING, keys = [KEY], extra, body, note, path } = {}) {
  const leaves = Array.from({ length: size }, (_, at) => leafOf(at === index ? entry : `other ${at}`));
  const data = extra ?? (opening ? `{"entry":${entry},"opening":${opening}}` : `{"entry":${entry}}`);
  const text = body ?? `${ORIGIN}\n${size}\n${rootOf(leaves).toString('base64')}\n`;
  const hashes = (path ?? pathOf(leaves, index)).map((hash) => `${hash.toString('base64')}\n`).join('');
  return `c2sp.org/tlog-proof@v1\nextra ${Buffer.from(data).toString('base64')}\nindex ${index}\n${hashes}\n${note ?? noteOf(text, ...keys)}`;
}

describe('the published verifier', () => {
  let browser;
  let page;
  const called = [];

  before(async () => {
    browser = await launch();
    page = await (await browser.newContext()).newPage();
    page.on('request', (request) => called.push(request.url()));
    await page.goto(PAGE.href);
  });

  after(async () => browser?.close());

  /** What the page says of a receipt. */
  async function told(text, { key = KEY.text, about = '' } = {}) {
    await page.reload();
    await page.setInputFiles('#file', { name: 'receipt.tlog-proof', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await page.fill('#key', key);
    await page.fill('#about', about);
    await page.click('button');
    const result = page.locator('#result');
    await result.locator('h2').waitFor();
    return result.innerText();
  }

  test('accepts a receipt of every place in ledgers of many sizes', async () => {
    for (const [size, index] of [[1, 0], [2, 1], [3, 2], [7, 0], [7, 3], [7, 6], [8, 7], [300, 256], [1000, 999]]) {
      const said = await told(receiptOf({ size, index }));
      assert.match(said, /This receipt is genuine/, `${index} of ${size}: ${said}`);
      assert.match(said, new RegExp(`entry ${index} of ${size}`));
    }
  });

  test('says what the entry says, and whom it is about only to who knows', async () => {
    const said = await told(receiptOf(), { about: ` ${SUBJECT.toUpperCase()}` });
    for (const part of ['subject_request.completed', '2026-11-22T09:30:00Z', 'right.erasure', '214', 'caf\u00e9 "x"', 'the address you typed in']) {
      assert.ok(said.includes(part), `${part}: ${said}`);
    }
    assert.ok(!said.includes(SUBJECT));
    assert.match(await told(receiptOf(), { about: 'else@post.example' }), /not the address you typed in/);
    assert.match(await told(receiptOf({ opening: '' })), /nobody it can be opened for/);
  });

  test('accepts further signatures, which it does not know', async () => {
    assert.match(await told(receiptOf({ keys: [keyOf(9, 'witness.example'), KEY] })), /genuine/);
  });

  test('agrees with the program on the published example', async () => {
    const [text, key] = await Promise.all([readFile(EXAMPLE, 'utf8'), readFile(EXAMPLE_KEY, 'utf8')]);
    assert.equal(text, receiptOf(), 'the example is what this test makes');
    assert.match(await told(text, { key, about: SUBJECT }), /genuine[\s\S]*the address you typed in/);
  });

  const good = receiptOf();
  const forged = noteOf(`${ORIGIN}\n7\n${sha256(Buffer.from('x')).toString('base64')}\n`, KEY);
  for (const [what, text, why, options] of [
    ['another entry', receiptOf().replace(/^extra .*$/m, `extra ${Buffer.from(`{"entry":${ENTRY.replace('214', '215')},"opening":${OPENING}}`).toString('base64')}`), 'does not stand in the ledger'],
    ['another place', good.replace('index 3', 'index 4'), 'does not stand in the ledger'],
    ['a place beyond the end', good.replace('index 3', 'index 7'), 'had no such entry'],
    ['a place with a zero before it', good.replace('index 3', 'index 03'), 'the index is not a number'],
    ['a hash too few', receiptOf({ path: [] }), 'not the length'],
    ['a hash too many', good.replace('index 3\n', `index 3\n${Buffer.alloc(32).toString('base64')}\n`), 'not the length'],
    ['another hash', good.replace(/^(index 3\n)(.)/m, (_, line, first) => line + (first === 'A' ? 'B' : 'A')), 'does not stand in the ledger'],
    ['a root that was signed over something else', receiptOf({ note: forged }), 'does not stand in the ledger'],
    ['a size that was changed', good.replace(`${ORIGIN}\n7\n`, `${ORIGIN}\n8\n`), 'the signature under the checkpoint is wrong'],
    ['a stranger\u2019s signature', receiptOf({ keys: [keyOf(2)] }), 'not signed with this public key'],
    ['the key of another ledger', receiptOf({ body: `other.example\n7\n${rootOf([leafOf('x')]).toString('base64')}\n` }), 'of another ledger'],
    ['one key twice', receiptOf({ keys: [KEY, KEY] }), 'signed the checkpoint twice'],
    ['no signature', receiptOf({ keys: [] }), 'not a signed note'],
    ['an extension line', receiptOf({ body: `${ORIGIN}\n7\n${sha256(Buffer.from('x')).toString('base64')}\nmore\n` }), 'not one of a ledger'],
    ['another spelling of the entry', receiptOf({ extra: `{"entry": ${ENTRY}}` }), 'not in its one spelling'],
    ['a field that no entry has', receiptOf({ entry: ENTRY.replace('"facts"', '"extra":1,"facts"'), opening: '' }), 'says more than entries do'],
    ['another version', receiptOf({ entry: ENTRY.replace('"version":1', '"version":2'), opening: '' }), 'of another version'],
    ['no JSON', receiptOf({ extra: 'words' }), 'cannot be read'],
    ['an opening for somebody else', receiptOf({ opening: OPENING.replace(SALT.toString('hex'), 'ab'.repeat(32)) }), 'does not fit'],
    ['base64 in another spelling', good.replace(/^(extra [A-Za-z0-9+/]+)(=*)$/m, '$1$2 '), 'base64'],
    ['a cut file', good.slice(0, good.length - 20), 'not a signed note'],
    ['half a file', good.slice(0, 200), 'not a receipt'],
    ['nothing', ' ', 'not a receipt'],
    ['a key that is none', good, 'not a public key', { key: 'abc' }],
    ['a key with another number', good, 'do not belong together', { key: KEY.text.replace(/\+[0-9a-f]{8}\+/, '+00000000+') }],
    ['the key of another algorithm', good, 'not an Ed25519 key', { key: `${ORIGIN}+00000000+${Buffer.alloc(33, 2).toString('base64')}` }],
  ]) {
    test(`refuses ${what}`, async () => {
      const said = await told(text, options);
      assert.match(said, /This receipt shows nothing/, said);
      assert.ok(said.includes(why), said);
    });
  }

  test('refuses a receipt of which any one character is another', async () => {
    for (let at = 0; at < good.length; at += 37) {
      const other = good[at] === 'x' ? 'y' : 'x';
      const said = await told(good.slice(0, at) + other + good.slice(at + 1));
      assert.match(said, /shows nothing/, `at ${at}: ${said}`);
    }
  });

  test('calls nobody', () => {
    assert.deepEqual([...new Set(called)].filter((url) => url !== PAGE.href && !url.startsWith('data:')), []);
  });

  test('can be read and used by everybody', async () => {
    for (const options of [{}, { scheme: 'dark' }, { width: 320 }, { script: false }]) {
      assert.deepEqual(await inspect(browser, PAGE.href, options), []);
    }
  });

  test('runs what its policy names and nothing else', async () => {
    const text = await readFile(PAGE, 'utf8');
    const hashOf = (tag) => sha256(Buffer.from(text.split(`<${tag}>`)[1].split(`</${tag}>`)[0])).toString('base64');
    assert.ok(text.includes(`script-src 'sha256-${hashOf('script')}'`), `the script's hash is ${hashOf('script')}`);
    assert.ok(text.includes(`style-src 'sha256-${hashOf('style')}'`), `the style's hash is ${hashOf('style')}`);
  });
});
