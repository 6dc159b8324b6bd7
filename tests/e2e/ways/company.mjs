// The example company, served by the real binary, for tests in a browser.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PATIENCE_MS = 120_000;
const BINARY =
  process.env.CANDOR_TEST_BINARY ?? fileURLToPath(new URL('../../../target/debug/candor', import.meta.url));

/** Runs `candor demo` with a few customers; resolves once it serves. `stop` ends it and removes its folder. */
export async function openCompany(customers = 60) {
  const folder = await mkdtemp(join(tmpdir(), 'candor-e2e-'));
  const demo = join(folder, 'demo');
  const process = spawn(
    BINARY,
    ['demo', '--customers', String(customers), '--folder', demo, '--listen', '127.0.0.1:0'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = async () => {
    const ended = new Promise((resolve) => process.once('exit', resolve));
    if (process.exitCode === null && process.kill('SIGTERM')) await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const read = new Set();
  try {
    const said = await heard(process);
    const text = said.join('\n');
    return {
      stop,
      folder: demo,
      root: found(text, /listening on (http:\S+)/),
      erasedPage: found(text, /erased customer's page\s+(http:\S+)/),
      login: found(text, /the console \(([^,]+), /),
      password: found(text, /the console \([^,]+, (.+?)\)\s/),
      letter: (to, subject) => letter(join(demo, 'data', 'mail'), read, to, subject),
      verify: (receipt, key, about) => verify(folder, receipt, key, about),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Every line until the demo says that it goes on serving. */
async function heard(process) {
  const said = [];
  const timer = setTimeout(() => process.kill(), PATIENCE_MS);
  try {
    for await (const line of createInterface(process.stdout)) {
      said.push(line);
      if (line.startsWith('Serving until')) return said;
    }
  } finally {
    clearTimeout(timer);
    process.stdout.resume();
  }
  throw new Error(`the demo ended before it served:\n${said.join('\n')}`);
}

function found(text, pattern) {
  const match = text.match(pattern);
  if (!match) throw new Error(`the demo did not print ${pattern}:\n${text}`);
  return match[1];
}

/** The text of a letter to an address whose subject matches, once there is one nobody has read. */
async function letter(folder, read, to, subject) {
  for (let waited = 0; waited < PATIENCE_MS; waited += 200) {
    for (const name of (await readdir(folder)).filter((name) => name.endsWith('.eml') && !read.has(name))) {
      const raw = await readFile(join(folder, name), 'utf8');
      const text = raw.replaceAll('=\r\n', '').replaceAll('=\n', '').replaceAll('=3D', '=');
      const head = text.split(/\r?\n\r?\n/, 1)[0];
      if (!head.includes(`To: ${to}`) || !subject.test(head)) continue;
      read.add(name);
      return text;
    }
    await sleep(200);
  }
  throw new Error(`no letter to ${to} whose head matches ${subject}`);
}

/** Runs `candor verify`; its exit code and what it said. */
async function verify(folder, receipt, key, about) {
  const process = spawn(BINARY, ['verify', receipt, '--key', key, ...(about ? ['--about', about] : [])], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  process.stdout.on('data', (part) => (said += part));
  process.stderr.on('data', (part) => (said += part));
  const code = await new Promise((resolve) => process.once('close', resolve));
  return { code, said };
}
