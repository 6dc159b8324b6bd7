// Every page of the example company: no violation of WCAG 2.2 AA that axe can see, nothing
// wider than a window of 320 pixels, in light and dark, and nothing the browser complains about.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inspect, launch, openContext } from '../tools/axe.mjs';
import { openCompany } from './ways/company.mjs';
import { firstRequest, signIn } from './ways/walk.mjs';

const SIZES = [
  { scheme: 'light', width: 320 },
  { scheme: 'dark', width: 320 },
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
];

const PUBLIC = [
  '/',
  '/promises',
  '/promises/right.erasure',
  '/promises/no_sale',
  '/requests/new',
  '/requests/new?right=access',
  '/requests/new?right=erasure',
  '/requests/sent',
  '/ledger',
  '/summary',
  '/vendors',
  '/cookies',
  '/versions',
  '/nowhere',
  '/console/sign-in',
  '/tenant/sign-in',
];

const CONSOLE = [
  '/console',
  '/console/requests',
  '/console/requests/bulk',
  '/console/requests?show=over',
  '/console/requests?show=unconfirmed',
  '/console/retention',
  '/console/sources',
  '/console/sources?source=app&table=orders',
];

const TENANT = ['/tenant', '/tenant?show=decide', '/tenant/requests/new', '/tenant/bulk'];

/** Makes a tenant's key in the console, and signs in to the tenant's page with it. */
async function signInAsTenant(company, cookie) {
  const post = (path, fields, headers) =>
    fetch(new URL(path, company.root), { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers });
  const ticked = { 'may-read': 'yes', 'may-file': 'yes', 'may-vouch': 'yes', 'may-decide': 'yes' };
  const made = await post('/console/keys', { name: 'acme', tenant: 'acme', ...ticked }, { cookie });
  const [key] = /candor_[\w-]{43}/.exec(await made.text());
  const signedIn = await post('/tenant/sign-in', { key }, {});
  return signedIn.headers.get('set-cookie').split(';')[0];
}

describe('pages', () => {
  let company;
  let browser;
  let cookie;
  let tenant;

  before(async () => {
    [company, browser] = await Promise.all([openCompany(), launch()]);
    cookie = await signIn(browser, company);
    tenant = await signInAsTenant(company, cookie);
  });

  after(async () => {
    await browser?.close();
    await company?.stop();
  });

  const fine = async (path, options = {}) => {
    for (const size of SIZES) {
      const problems = await inspect(browser, new URL(path, company.root).href, { ...size, ...options });
      assert.deepEqual(problems, [], `${path} ${JSON.stringify(size)}\n${problems.join('\n')}`);
    }
  };

  for (const path of PUBLIC) test(path, () => fine(path));
  for (const path of CONSOLE) test(path, () => fine(path, { cookie }));
  for (const path of TENANT) test(path, () => fine(path, { cookie: tenant }));

  test("the erased person's page", () => fine(company.erasedPage));
  test('a subject request in the console', async () => {
    await fine(await firstRequest(browser, company, cookie, 'over'), { cookie });
  });

  test('the summary is one screen', async () => {
    const context = await openContext(browser, company.root);
    try {
      const page = await context.newPage();
      await page.goto(new URL('/summary', company.root).href);
      const bottom = await page.locator('table').evaluate((table) => table.getBoundingClientRect().bottom);
      assert.ok(bottom <= page.viewportSize().height, `the table ends at ${bottom}`);
      assert.equal(await page.locator('tbody tr').count(), 17);
    } finally {
      await context.close();
    }
  });

  test('each promised phrase says its verdict in words', async () => {
    const context = await openContext(browser, company.root);
    try {
      const page = await context.newPage();
      await page.goto(company.root);
      const names = await page.locator('a.promise').evaluateAll((links) => links.map((link) => link.textContent));
      assert.ok(names.length > 20, `${names.length} phrases`);
      for (const name of names) assert.match(name, /(kept|at risk|broken|unproven|stated)$/);
    } finally {
      await context.close();
    }
  });
});
