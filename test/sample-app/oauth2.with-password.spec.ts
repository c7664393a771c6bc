import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, heading, pathOf, press, registerAda, signInAda } from './browsing.js';
import { environment, providers } from './oauth2.environment.js';

/** The provider's own pages: any name will do, and any password. */
async function agreeAt(page: Page, name: string): Promise<void> {
  await page.locator('input[name="login"]').fill(name);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

describeInBrowser('signs in with Local ID', (visit) => {
  it('[RFC 9700 §2.1.1] and is known there from then on', async () => {
    const { page } = visit();
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Sign in with Local ID' }).click();
    await agreeAt(page, 'countess');
    expect([await heading(page), pathOf(page)]).toEqual(['Hello countess', '/']);

    await press(page, 'Sign out');
    await page.getByRole('link', { name: 'Sign in with Local ID' }).click();
    expect([await heading(page), pathOf(page)]).toEqual(['Hello countess', '/']);

    await page.getByRole('link', { name: 'Your linked accounts' }).click();
    await press(page, 'Unlink');
    expect(await page.getByText('countess@local-id.example').count()).toBe(0);
  });

  it('[ASVS 6.8.1] by an account there that was linked on the page for that, and unlinks it again', async () => {
    const { page } = visit();
    await registerAda(page);
    await page.goto('/linked');
    await press(page, 'Link Local ID');
    await agreeAt(page, 'countess');
    expect(await page.getByRole('status').textContent()).toContain('It is linked');
    expect(await page.getByText('countess@local-id.example').count()).toBe(1);

    const elsewhere = await visit().openPage();
    await elsewhere.goto('/auth/user/local-id');
    await agreeAt(elsewhere, 'countess');
    expect(await heading(elsewhere)).toBe('Hello ada@example.com');

    await press(page, 'Unlink');
    expect(await page.getByRole('status').textContent()).toContain('not linked any more');
    await elsewhere.goto('/');
    expect(pathOf(elsewhere)).toBe('/sign-in');
    await signInAda(elsewhere);
    expect(await heading(elsewhere)).toBe('Hello ada@example.com');
  });
});

describeInBrowser(
  'has accounts elsewhere',
  (visit) => {
    it('and a button for each that could be linked, where the app knows the provider', async () => {
      const { page } = visit();
      await registerAda(page);
      await page.goto('/linked');

      const labels = ['Local ID', ...providers.map(({ label }) => label)].map((label) => `Link ${label}`);
      expect((await page.getByRole('button').allTextContents()).toSorted()).toEqual(labels.toSorted());
    });
  },
  { variables: environment() },
);
