import { expect, it } from '@jest/globals';
import { FakeClock } from 'nest-auth-plug/testing';
import { TOTP, URI } from 'otpauth';
import type { Page } from 'playwright-core';
import { describeInBrowser, fill, heading, pathOf, press, registerAda, signInAda, typeCode } from './browsing.js';

const clock = new FakeClock();

/** The app on somebody's telephone: it has what the page shows. */
async function appOf(page: Page): Promise<() => string> {
  const href = await page.getByRole('link', { name: 'Open the app' }).getAttribute('href');
  const parsed = URI.parse(href ?? '');
  if (!(parsed instanceof TOTP)) throw new Error(`${href} is not of codes that change with time`);
  return () => parsed.generate({ timestamp: clock.now().getTime() });
}

describeInBrowser(
  'who sets up an authenticator app at the sample app',
  (visit) => {
    it('sees a QR code, turns it on, signs in by it, and turns it off', async () => {
      const { page } = visit();
      await registerAda(page);
      await page.getByRole('link', { name: 'Authenticator app' }).click();
      await press(page, 'Set up an app');
      const code = await appOf(page);
      const qr = await page.getByRole('img', { name: 'QR code' }).boundingBox();
      expect([qr?.width, qr?.height]).toEqual([240, 240]);
      await typeCode(page, 'nonsense');
      await press(page, 'Turn on');
      expect(await page.getByRole('alert').textContent()).toContain('This code is wrong');
      expect(pathOf(page)).toBe('/authenticator');
      await typeCode(page, code());
      await press(page, 'Turn on');
      expect(await page.getByRole('status').textContent()).toContain('Your app is set up');

      await page.goto('/');
      await press(page, 'Sign out');
      await signInAda(page);
      expect([pathOf(page), await heading(page)]).toEqual(['/second-step', 'One more step']);
      await fill(page, { 'Code of your app': code() });
      await press(page, 'Sign in with the app');
      expect(await page.getByRole('alert').textContent()).toContain('was used before');
      clock.advance(30);
      await fill(page, { 'Code of your app': code() });
      await press(page, 'Sign in with the app');
      expect([pathOf(page), await heading(page)]).toEqual(['/', 'Hello ada@example.com']);

      await page.goto('/authenticator');
      await press(page, 'Turn off');
      expect(await page.getByRole('status').textContent()).toContain('not asked for any more');
      await page.goto('/');
      await press(page, 'Sign out');
      await signInAda(page);
      expect(await heading(page)).toBe('Hello ada@example.com');
    }, 60_000);

    it('goes where it was going after the second step', async () => {
      const { page } = visit();
      await registerAda(page);
      await page.goto('/authenticator');
      await press(page, 'Set up an app');
      const code = await appOf(page);
      await typeCode(page, code());
      await press(page, 'Turn on');
      await page.goto('/');
      await press(page, 'Sign out');
      clock.advance(30);

      await page.goto('/devices');
      const form = page.locator('form', { has: page.getByLabel('Password') });
      await form.getByLabel('E-mail').fill('ada@example.com');
      await form.getByLabel('Password').fill('a pear tree in the valley');
      await form.getByRole('button', { name: 'Sign in' }).click();
      await fill(page, { 'Code of your app': code() });
      await press(page, 'Sign in with the app');

      expect(pathOf(page)).toBe('/devices');
    }, 60_000);
  },
  {},
  clock,
);
