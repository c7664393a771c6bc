import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, fill, heading, openMailedLink, pathOf, press } from './browsing.js';

describeInBrowser('signs in by a code', (visit) => {
  async function askFor(page: Page): Promise<void> {
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Sign in by a code' }).click();
    await fill(page, { 'E-mail': 'ada@example.com' });
    await press(page, 'Mail me a code');
    expect(await page.getByRole('status').textContent()).toContain('on its way');
  }

  async function codeIn(page: Page): Promise<string> {
    const code = page.locator('strong');
    do await page.goto('/dev/outbox');
    while ((await code.count()) === 0);
    return (await code.first().textContent()) ?? '';
  }

  it('which may be typed in lower case, and counts in the browser that asked', async () => {
    const { page } = visit();
    await askFor(page);
    const mail = await visit().openPage();
    const code = await codeIn(mail);

    await fill(page, { Code: 'OOOOOO' });
    await press(page, 'Sign in');
    expect(await page.getByRole('alert').textContent()).toContain('This code is wrong');
    await mail.goto('/code');
    await fill(mail, { Code: code });
    await press(mail, 'Sign in');
    expect(await mail.getByRole('alert').textContent()).toContain('in another browser');

    await fill(page, { Code: code.toLowerCase() });
    await press(page, 'Sign in');
    expect([await heading(page), pathOf(page)]).toEqual(['Hello ada@example.com', '/']);
  });

  it('which the mailed link fills in', async () => {
    const { page } = visit();
    await askFor(page);
    await openMailedLink(page, 'otp');

    expect(await page.getByLabel('Code').inputValue()).toMatch(/^[A-Z]{6}$/);
    await press(page, 'Sign in');
    expect(await heading(page)).toBe('Hello ada@example.com');
  });
});
