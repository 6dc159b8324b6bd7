// Ways through the pages that several tests take.

import assert from 'node:assert/strict';
import { openContext } from '../../tools/axe.mjs';

const TABS_MAX = 200;

/** Signs in to the console; the session as a cookie header. */
export async function signIn(browser, company) {
  const address = new URL('/console/sign-in', company.root).href;
  const context = await openContext(browser, address, { script: false });
  try {
    const page = await context.newPage();
    await page.goto(address);
    await page.getByLabel('Login').fill(company.login);
    await page.getByLabel('Password').fill(company.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Board' }).waitFor();
    const cookies = await context.cookies(new URL('/console', company.root).href);
    assert.equal(cookies.length, 1);
    assert.ok(cookies[0].httpOnly && cookies[0].sameSite === 'Strict' && cookies[0].path === '/console');
    return `${cookies[0].name}=${cookies[0].value}`;
  } finally {
    await context.close();
  }
}

/** The path of the first subject request behind a filter of the queue. */
export async function firstRequest(browser, company, cookie, filter) {
  const address = new URL(`/console/requests?show=${filter}`, company.root).href;
  const context = await openContext(browser, address, { cookie });
  try {
    const page = await context.newPage();
    await page.goto(address);
    return await page.locator('tbody a').first().getAttribute('href');
  } finally {
    await context.close();
  }
}

/**
 * Presses Tab until the focus is on the control of that name. On the way, each control
 * that is reached must show its focus and must not be covered (WCAG 2.2, 2.4.7 and 2.4.11).
 */
export async function tabTo(page, name) {
  for (let count = 0; count < TABS_MAX; count += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(focused);
    if (!at) continue;
    assert.ok(at.outline, `${at.name}: the focus is not visible`);
    assert.ok(at.uncovered, `${at.name}: the focus is covered or outside the window`);
    if (at.name.includes(name)) return;
  }
  assert.fail(`nothing called “${name}” is reached by the keyboard`);
}

/** Follows the link, or presses the button, of that name; a page whose address matches comes next. */
export async function follow(page, name, address) {
  await tabTo(page, name);
  await Promise.all([page.waitForURL(address), page.keyboard.press('Enter')]);
}

function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const label = element.labels?.[0]?.textContent;
  const style = getComputedStyle(element);
  const card = element.closest('.card');
  const around = card && getComputedStyle(card).outlineStyle !== 'none';
  const box = element.getClientRects()[0];
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(x, y);
  return {
    name: (label ?? element.getAttribute('aria-label') ?? element.textContent).trim(),
    outline: around || (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2),
    uncovered: top !== null && (element.contains(top) || top.contains(element)),
  };
}
