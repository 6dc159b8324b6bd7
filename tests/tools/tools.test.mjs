// The tools themselves: a check that cannot fail would make every test built on it worthless.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect, launch } from './axe.mjs';

const SINK = fileURLToPath(new URL('smtp_sink.py', import.meta.url));
const HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"></head>';

const PAGES = {
  '/good': `${HEAD}<body><main><h1>Good</h1><p>Text.</p></main></body></html>`,
  '/pale': `${HEAD}<body><main><h1>Pale</h1><p style="color:#ccc">Text.</p></main></body></html>`,
  '/dark': `${HEAD}<body><style>@media (prefers-color-scheme: dark) { p { color: #ccc } }</style><main><h1>Dark</h1><p>Text.</p></main></body></html>`,
  '/wide': `${HEAD}<body><main><h1>Wide</h1><p style="width: 600px">Text.</p></main></body></html>`,
  '/lost': `${HEAD}<body><main><h1>Lost</h1><script src="/nowhere.js"></script></main></body></html>`,
  '/script': `${HEAD}<body><main><h1>Script</h1><noscript><p style="color:#ccc">Text.</p></noscript></main></body></html>`,
};

describe('inspect', () => {
  let browser;
  let server;
  let root;

  before(async () => {
    server = createServer((request, response) => {
      const page = request.headers.cookie === 'state=pale' ? PAGES['/pale'] : PAGES[request.url];
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html', 'content-security-policy': "script-src 'self'" });
      response.end(page);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    root = `http://127.0.0.1:${server.address().port}`;
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    server.close();
  });

  for (const [path, options, expected] of [
    ['/good', {}, []],
    ['/good', { cookie: 'state=pale' }, ['axe color-contrast']],
    ['/pale', {}, ['axe color-contrast']],
    ['/dark', {}, []],
    ['/dark', { scheme: 'dark' }, ['axe color-contrast']],
    ['/wide', {}, []],
    ['/wide', { width: 320 }, ['reflow: content is 6']],
    ['/lost', {}, ['console: Failed to load resource']],
    ['/script', {}, []],
    ['/script', { script: false }, ['axe color-contrast']],
  ]) {
    test(`${path} ${JSON.stringify(options)} has ${expected.length} problems`, async () => {
      const problems = await inspect(browser, root + path, options);
      assert.equal(problems.length, expected.length, problems.join('\n'));
      expected.forEach((start, index) => assert.ok(problems[index].startsWith(start), problems[index]));
    });
  }
});

describe('smtp_sink.py', () => {
  test('keeps a message, refuses a recipient, ends with its input', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'smtp-'));
    const python = process.env.CANDOR_TEST_PYTHON ?? 'python3';
    const sink = spawn(python, [SINK, folder, '--refuse', 'gone@example.org'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const [line] = await once(createInterface(sink.stdout), 'line');
      const replies = await converse(Number(line.replace('PORT ', '')), [
        'EHLO localhost',
        'MAIL FROM:<a@example.org>',
        'RCPT TO:<gone@example.org>',
        'RCPT TO:<b@example.org>',
        'DATA',
        'Subject: hello\r\n\r\nText.\r\n.',
        'QUIT',
      ]);
      assert.deepEqual(replies, ['220', '250', '250', '550', '250', '354', '250', '221']);
      assert.deepEqual(await readdir(folder), ['0001.eml']);
      const message = await readFile(join(folder, '0001.eml'), 'utf8');
      assert.match(message, /^X-Envelope-From: a@example.org\r\nX-Envelope-To: b@example.org\r\nSubject: hello\r\n\r\nText.\r\n$/);
      sink.stdin.end();
      assert.deepEqual(await once(sink, 'exit'), [0, null]);
    } finally {
      sink.kill();
      await rm(folder, { recursive: true });
    }
  });
});

/** Sends each line after the reply to the one before, and returns the codes of the replies. */
async function converse(port, lines) {
  const socket = connect(port, '127.0.0.1');
  const codes = [];
  for await (const line of createInterface(socket)) {
    // `250-` announces that more lines of the same reply follow.
    if (line[3] === '-') continue;
    codes.push(line.slice(0, 3));
    const next = lines.shift();
    if (next === undefined) break;
    socket.write(`${next}\r\n`);
  }
  return codes;
}
