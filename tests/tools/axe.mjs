// Opens pages in Debian's Chromium and reports what a person would stumble over:
// violations found by axe-core, content wider than the window, and what the browser
// itself complains about (a refused script, a missing file).
//
//   node tests/tools/axe.mjs [OPTION]... URL...
//
//   --scheme light|dark   preferred colours (light)
//   --width PIXELS        width of the window (1280)
//   --cookie 'a=b; c=d'   cookies to send, such as a session
//   --screenshot FILE     a picture of each whole page; `-2` and so on for further pages
//   --no-script           the page's scripts stay off, as in a browser without JavaScript
//
// Ends with 1 if there is any problem. Tests use `launch` and `inspect`.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PAGE_TIMEOUT_MS = 20_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** Starts the machine's own Chromium, which asks nothing of the network. Close it when done. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CANDOR_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
}

/**
 * A context with its own cookies, as the options of this file describe it.
 * `cookie` belongs to the origin of `url`.
 */
export async function openContext(browser, url, { scheme = 'light', width = 1280, cookie = '' } = {}) {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PAGE_TIMEOUT_MS);
  const cookies = cookie.split(';').map((pair) => pair.trim()).filter(Boolean).map((pair) => {
    const [name, ...value] = pair.split('=');
    return { name, value: value.join('='), url, secure: /^__(Host|Secure)-/.test(name) };
  });
  if (cookies.length > 0) await context.addCookies(cookies);
  return context;
}

/**
 * Opens `url` and returns its problems, each as one text of one or more lines; none
 * means that nothing was found. Options are those of `openContext`, and `screenshot`.
 */
export async function inspect(browser, url, { screenshot, script = true, ...options } = {}) {
  const context = await openContext(browser, url, options);
  try {
    const page = await context.newPage();
    const problems = [];
    page.on('console', (message) => {
      // A page may answer 404 on purpose; its own status is not a complaint.
      if (message.type() === 'error' && message.location().url !== url) problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
    const response = await (script ? visit(page, url) : visitWithoutScript(page, url));
    if (!response?.headers()['content-type']?.startsWith('text/html')) {
      throw new Error(`${url} is not a page: ${response?.status()} ${response?.headers()['content-type']}`);
    }
    if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });
    problems.push(...(await overflow(page)), ...(await violations(page)));
    return problems;
  } finally {
    await context.close();
  }
}

function visit(page, url) {
  return page.goto(url, { waitUntil: 'load', timeout: PAGE_TIMEOUT_MS });
}

/**
 * Scripts are off while the page loads and on again for axe, whose timers would never
 * fire otherwise; the page's own scripts do not run after that. With scripts on, the
 * browser hides `noscript`, so its parts are moved to where it stood.
 */
async function visitWithoutScript(page, url) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setScriptExecutionDisabled', { value: true });
  const response = await visit(page, url);
  await devtools.send('Emulation.setScriptExecutionDisabled', { value: false });
  await page.evaluate(() => document.querySelectorAll('noscript').forEach((part) => part.replaceWith(...part.childNodes)));
  return response;
}

async function overflow(page) {
  const { content, window } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  return content > window ? [`reflow: content is ${content} pixels wide in a window of ${window}`] : [];
}

async function violations(page) {
  // Evaluated by the debugger, which a content security policy does not stop.
  await page.evaluate(AXE);
  const result = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
  if (result.passes.length === 0) throw new Error(`axe looked at nothing on ${page.url()}`);
  return result.violations.map((violation) => {
    const places = violation.nodes.map((node) => `  ${node.target.join(' ')}\n    ${node.failureSummary.replaceAll('\n', '\n    ')}`);
    return [`axe ${violation.id} (${violation.impact}): ${violation.help}`, ...places].join('\n');
  });
}

async function main() {
  const { values, positionals: urls } = parseArgs({
    allowPositionals: true,
    options: {
      scheme: { type: 'string' },
      width: { type: 'string' },
      cookie: { type: 'string' },
      screenshot: { type: 'string' },
      'no-script': { type: 'boolean' },
    },
  });
  if (urls.length === 0) throw new Error('usage: node axe.mjs [OPTION]... URL...');
  const browser = await launch();
  let count = 0;
  try {
    for (const [index, url] of urls.entries()) {
      const problems = await inspect(browser, url, {
        scheme: values.scheme,
        width: values.width ? Number(values.width) : undefined,
        cookie: values.cookie,
        script: !values['no-script'],
        screenshot: values.screenshot && numbered(values.screenshot, index),
      });
      count += problems.length;
      console.log([`${url}: ${problems.length} problems`, ...problems].join('\n'));
    }
  } finally {
    await browser.close();
  }
  return count === 0 ? 0 : 1;
}

function numbered(file, index) {
  const extension = extname(file);
  return index === 0 ? file : `${file.slice(0, file.length - extension.length)}-${index + 1}${extension}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main();
}
