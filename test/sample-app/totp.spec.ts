import { expect, it } from '@jest/globals';
import { FakeClock } from 'nest-auth-plug/testing';
import {
  describeInBrowser,
  fill,
  heading,
  pathOf,
  press,
  registerAda,
  signInAda,
  typeCode,
  typePassword,
} from './browsing.js';
import { appOf, setUpApp } from './totp.browsing.js';

const clock = new FakeClock();

describeInBrowser(
  'who sets up an authenticator app at the sample app',
  (visit) => {
    it('sees a QR code, turns it on, signs in by it, and turns it off', async () => {
      const { page } = visit();
      await registerAda(page);
      await page.getByRole('link', { name: 'Authenticator app' }).click();
      await press(page, 'Set up an app');
      const code = await appOf(page, clock);
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
      const code = await setUpApp(page, clock);
      await page.goto('/');
      await press(page, 'Sign out');
      clock.advance(30);

      await page.goto('/devices');
      await typePassword(page);
      await fill(page, { 'Code of your app': code() });
      await press(page, 'Sign in with the app');

      expect(pathOf(page)).toBe('/devices');
    }, 60_000);
  },
  {},
  clock,
);
