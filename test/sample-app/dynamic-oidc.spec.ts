import { expect, it } from '@jest/globals';
import { describeInBrowser, fill, heading, pathOf, press } from './browsing.js';
import type { Page } from 'playwright-core';

/** Somebody of Acme, or elsewhere. */
async function typeAddress(page: Page, address: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
  await fill(page, { 'Address at work': address });
  await press(page, 'Go on');
}

/** The provider's own pages: any name will do, and any password. */
async function agree(page: Page, name: string): Promise<void> {
  await page.locator('input[name="login"]').fill(name);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

describeInBrowser('signs in with an organisation', (visit) => {
  it('[RFC 9700 §2.1.1] that an administrator has connected, by an address there', async () => {
    const { page } = visit();
    await typeAddress(page, 'countess@acme.example');
    expect([await page.getByRole('status').textContent(), pathOf(page)]).toEqual([
      expect.stringContaining('Nobody has connected'),
      '/by-organisation',
    ]);

    await page.goto('/dev/organisations');
    await press(page, 'Connect Acme');
    expect(await page.getByRole('status').textContent()).toContain('It is connected');
    await typeAddress(page, 'countess@ACME.example');
    await agree(page, 'countess');
    expect([await heading(page), pathOf(page)]).toEqual(['Hello countess', '/']);

    await press(page, 'Sign out');
    await typeAddress(page, 'countess@acme.example');
    await page.getByRole('heading', { name: 'Hello countess' }).waitFor();
  }, 60_000);

  it('[ASVS 7.4.2] and not any more once that is disabled; and is out once it is removed', async () => {
    const { page } = visit();
    await page.goto('/dev/organisations');
    await press(page, 'Connect Acme');
    await typeAddress(page, 'countess@acme.example');
    await agree(page, 'countess');
    const administrator = await visit().openPage();
    await administrator.goto('/dev/organisations');
    await press(administrator, 'Disable');

    const other = await visit().openPage();
    await other.goto('/auth/user/sso?connection=acme');
    expect(await other.getByRole('alert').textContent()).toContain('not any more');
    await page.goto('/');
    expect(await heading(page)).toBe('Hello countess');

    await press(administrator, 'Remove');
    await page.goto('/');
    expect(pathOf(page)).toBe('/sign-in');
  }, 60_000);
});
