import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, fill, heading, openMailedLink, pathOf, press } from './browsing.js';

const PASSWORD = 'a pear tree in the valley';
const ADA = 'ada@example.com';

async function register(page: Page): Promise<void> {
  await page.goto('/register');
  await fill(page, { 'E-mail': ADA, 'New password': PASSWORD, 'The same once more': PASSWORD });
  await press(page, 'Register');
}

async function signIn(page: Page, email = ADA): Promise<void> {
  await fill(page, { 'E-mail': email, Password: PASSWORD });
  await press(page, 'Sign in');
}

const notice = (page: Page) => page.getByRole('status').textContent();

describeInBrowser('with an address to confirm, at the sample app', (visit) => {
  it('confirms it, in whatever browser, and goes on where it was', async () => {
    const { page } = visit();
    await register(page);
    expect(await page.textContent('main')).toContain('Your address is not confirmed yet');

    const phone = await visit().openPage();
    await openMailedLink(phone, 'confirmation');
    expect(await phone.textContent('main')).toContain('a••@example.com');
    await press(phone, 'Confirm the address');
    expect(await heading(phone)).toBe('Your address is confirmed');
    await phone.getByRole('link', { name: 'Go on' }).click();
    expect(pathOf(phone)).toBe('/sign-in');

    await page.goto('/');
    expect(await heading(page)).toBe(`Hello ${ADA}`);
    expect(await page.textContent('main')).not.toContain('not confirmed');
  });

  it('changes it once the new one is confirmed, and signs in by that', async () => {
    const { page } = visit();
    await register(page);
    await page.getByRole('link', { name: 'Change your address' }).click();
    await fill(page, { 'New address': 'bea@example.com' });
    await press(page, 'Change the address');
    expect(await notice(page)).toContain('Until you confirm it you have the old one');
    expect(await heading(page)).toBe(`Hello ${ADA}`);

    await openMailedLink(page, 'bea@example.com, about confirmation');
    await press(page, 'Confirm the address');
    await page.goto('/');
    await signIn(page);
    expect(await page.getByRole('alert').textContent()).toContain('do not belong together');
    await signIn(page, 'bea@example.com');

    expect(await heading(page)).toBe('Hello bea@example.com');
  });

  it('asks for another link where one was used, and for none to an address that it has', async () => {
    const { page } = visit();
    await register(page);
    await openMailedLink(page, 'confirmation');
    await press(page, 'Confirm the address');
    await openMailedLink(page, 'confirmation');

    expect(pathOf(page)).toBe('/confirm-address');
    expect(await page.getByRole('alert').textContent()).toContain('too old, or was used before');
    await fill(page, { 'E-mail': ADA });
    await press(page, 'Mail me another link');
    expect(await notice(page)).toContain('If an account waits for this address');
    await page.goto('/change-address');
    await fill(page, { 'New address': ADA });
    await press(page, 'Change the address');
    expect(await page.locator('label', { hasText: 'New address' }).textContent()).toContain('You have this already');
  });
});

describeInBrowser(
  'where addresses are confirmed first, at the sample app',
  (visit) => {
    it('registers, confirms the address and only then signs in; whoever registers it again is told the same', async () => {
      const { page } = visit();
      await register(page);
      const told = await notice(page);
      await signIn(page);
      expect(await page.getByRole('alert').textContent()).toContain('do not belong together');

      await openMailedLink(page, 'confirmation');
      await press(page, 'Confirm the address');
      await page.goto('/sign-in');
      await signIn(page);
      expect(await heading(page)).toBe(`Hello ${ADA}`);

      const mallory = await visit().openPage();
      await register(mallory);
      expect([await notice(mallory), pathOf(mallory)]).toEqual([told, '/sign-in']);
      do await mallory.goto('/dev/outbox');
      while ((await mallory.locator('p', { hasText: `To ${ADA}, about registration-attempt` }).count()) === 0);
    });
  },
  { registration: 'confirm-first' },
);
