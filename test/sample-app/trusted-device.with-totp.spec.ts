import { expect, it } from '@jest/globals';
import { FakeClock } from 'nest-auth-plug/testing';
import { describeInBrowser, heading, pathOf, press, registerAda, signInAda } from './browsing.js';
import { setUpApp } from './totp.browsing.js';

const clock = new FakeClock();
const BOX = 'Do not ask on this device for 30 days';

describeInBrowser(
  'who trusts a device of the sample app',
  (visit) => {
    it('[ASVS 6.3.3] shows a code there once, in another browser each time, and there again when trust is taken back', async () => {
      const { page } = visit();
      await registerAda(page);
      const code = await setUpApp(page, clock);
      await page.goto('/');
      await press(page, 'Sign out');

      clock.advance(30);
      await signInAda(page);
      const form = page.locator('form', { hasText: 'Code of your app' });
      await form.getByLabel('Code of your app').fill(code());
      await form.getByLabel(BOX).check();
      await press(page, 'Sign in with the app');
      expect(await heading(page)).toBe('Hello ada@example.com');

      await press(page, 'Sign out');
      await signInAda(page);
      expect(await heading(page)).toBe('Hello ada@example.com');
      const other = await visit().openPage();
      await signInAda(other);
      expect(pathOf(other)).toBe('/second-step');

      await page.goto('/devices');
      await press(page, 'Ask for my second factor on every device');
      expect(await page.getByRole('status').textContent()).toContain('asks for your second factor again');
      await page.goto('/');
      await press(page, 'Sign out');
      await signInAda(page);
      expect(pathOf(page)).toBe('/second-step');
    }, 60_000);
  },
  {},
  clock,
);
