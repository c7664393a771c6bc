import { expect, it } from '@jest/globals';
import { TOTP, URI } from 'otpauth';
import { describeInBrowser, fill, heading, pathOf, press, registerAda, signInAda, typeCode } from './browsing.js';

describeInBrowser('who lost the telephone with the authenticator app', (visit) => {
  it('signs in by a recovery code, once, and turns the app off', async () => {
    const { page } = visit();
    await registerAda(page);
    await page.goto('/authenticator');
    await press(page, 'Set up an app');
    const parsed = URI.parse((await page.getByRole('link', { name: 'Open the app' }).getAttribute('href')) ?? '');
    if (!(parsed instanceof TOTP)) throw new Error('not of codes that change with time');
    await typeCode(page, parsed.generate());
    await press(page, 'Turn on');
    await page.goto('/recovery-codes');
    await press(page, 'Make new codes');
    const [code = ''] = await page.locator('code').allTextContents();
    await page.goto('/');
    await press(page, 'Sign out');

    await signInAda(page);
    await fill(page, { 'Recovery code': code.toLowerCase().replaceAll('-', ' ') });
    await press(page, 'Sign in with a recovery code');
    expect([pathOf(page), await page.getByRole('status').textContent()]).toEqual([
      '/recovery-codes',
      'You are signed in. That code is used up: cross it out.',
    ]);
    expect(await page.locator('main').textContent()).toContain('Codes that are left: 9.');

    const other = await visit().openPage();
    await signInAda(other);
    await fill(other, { 'Recovery code': code });
    await press(other, 'Sign in with a recovery code');
    expect(await other.getByRole('alert').textContent()).toContain('was used before');

    await page.goto('/authenticator');
    await press(page, 'Turn off');
    await signInAda(other);
    expect(await heading(other)).toBe('Hello ada@example.com');
  }, 60_000);
});
