// The whole way of a person and of staff, with the keyboard alone and without JavaScript: ask,
// confirm, have it approved, see it done, fetch what was promised, check the receipt.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, openContext } from '../tools/axe.mjs';
import { openCompany } from './ways/company.mjs';
import { firstRequest, follow, signIn, tabTo } from './ways/walk.mjs';

const PATIENCE_MS = 60_000;
const SOMEBODY = 'somebody.unknown@post.example';
// A customer of every example company, whatever its size and seed.
const CUSTOMER = 'jonas.weber@studio-sud.example';

describe('with the keyboard alone, without JavaScript', () => {
  let company;
  let browser;
  let context;
  let page;

  before(async () => {
    [company, browser] = await Promise.all([openCompany(), launch()]);
    context = await openContext(browser, company.root, { script: false });
    page = await context.newPage();
  });

  after(async () => {
    await browser?.close();
    await company?.stop();
  });

  /** Asks for a right and gives the address behind the link in the letter. */
  async function ask(name, email) {
    await page.goto(company.root);
    await follow(page, name, '**/requests/new?right=*');
    await tabTo(page, 'Your e-mail address');
    await page.keyboard.type(email);
    await follow(page, 'Send me the link', '**/requests/sent');
  }

  async function confirm(email, name) {
    const letter = await company.letter(email, /Subject: Please confirm/);
    await page.goto(letter.match(/http:\S+\/requests\/confirm\/\w+/)[0]);
    await follow(page, name, (url) => !url.pathname.includes('confirm'));
  }

  async function seen(heading) {
    for (let waited = 0; waited < PATIENCE_MS; waited += 500) {
      if ((await page.locator('h1').textContent()).includes(heading)) return;
      await sleep(500);
      await page.reload();
    }
    assert.fail(`never: ${heading}; but: ${await page.locator('h1').textContent()}`);
  }

  async function fetched(name) {
    const waiting = page.waitForEvent('download');
    await tabTo(page, name);
    await page.keyboard.press('Enter');
    const download = await waiting;
    const path = join(company.folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  test('the first Tab leads past the navigation', async () => {
    await page.goto(company.root);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**#main');
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => document.querySelector('main').contains(document.activeElement));
    assert.ok(inside);
  });

  test('a stranger learns that nothing is held, with a receipt', async () => {
    await ask('Get a copy of my data', SOMEBODY);
    await confirm(SOMEBODY, 'Yes, gather my data');
    await seen('We hold nothing about you');
    const path = await fetched('Download the receipt');
    const key = (await page.locator('pre').textContent()).match(/--key '([^']+)'/)[1];
    const { code, said } = await company.verify(path, key);
    assert.equal(code, 0, said);
  });

  test('a customer fetches a copy', async () => {
    await ask('Get a copy of my data', CUSTOMER);
    await confirm(CUSTOMER, 'Yes, gather my data');
    await seen('Your data is ready');
    const zip = await readFile(await fetched('Download your data'));
    assert.equal(zip.subarray(0, 2).toString(), 'PK');
  });

  test('a customer is erased, once staff approve', async () => {
    await ask('Erase my data', CUSTOMER);
    await confirm(CUSTOMER, 'Yes, erase my data');
    await seen('Our staff look at the plan');
    const own = page.url();

    await page.goto(new URL('/console/sign-in', company.root).href);
    await tabTo(page, 'Login');
    await page.keyboard.type(company.login);
    await tabTo(page, 'Password');
    await page.keyboard.type(company.password);
    await follow(page, 'Sign in', '**/console');
    const cookie = await signIn(browser, company);
    await page.goto(new URL(await firstRequest(browser, company, cookie, 'decide'), company.root).href);
    await tabTo(page, 'I have looked at the plan');
    await page.keyboard.press('Space');
    await tabTo(page, 'Approve and carry out');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Decide' }).waitFor({ state: 'detached' });

    // Whoever received the data is told, by hand.
    const tasks = page.getByRole('button', { name: /^It is done/ });
    for (let waited = 0; waited < PATIENCE_MS && (await tasks.count()) === 0; waited += 500) {
      await sleep(500);
      await page.reload();
    }
    const told = await tasks.allTextContents();
    assert.ok(told.length > 0);
    for (const name of told) {
      await tabTo(page, name);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name }).waitFor({ state: 'detached' });
    }

    await page.goto(own);
    await seen('Your data is erased');
    const letter = await company.letter(CUSTOMER, /Subject: Your data is erased/);
    assert.match(letter, /French|law requires/);
  });
});
