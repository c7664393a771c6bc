import { expect, it } from '@jest/globals';
import { FakeClock } from 'nest-auth-plug/testing';
import { describeInBrowser, fill, heading, pathOf, press, registerAda, signInAda, type Visit } from './browsing.js';
import { setUpApp } from './totp.browsing.js';

const clock = new FakeClock();

const loses = (visit: () => Visit) => {
  it('signs in by a recovery code, once, and turns the app off', async () => {
    const { page } = visit();
    await registerAda(page);
    await setUpApp(page, clock);
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
      'That went well. The code is used up: cross it out.',
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

  it('shows one as well where a page asks for something fresh, and goes on there', async () => {
    const { page } = visit();
    await registerAda(page);
    await setUpApp(page, clock);
    await page.goto('/recovery-codes');
    await press(page, 'Make new codes');
    const [code = ''] = await page.locator('code').allTextContents();
    clock.advance(5 * 60);

    await page.goto('/account/danger');
    const form = page.locator('form', { hasText: 'Recovery code' });
    await form.getByLabel('Recovery code').fill(code);
    await form.getByRole('button').click();

    expect(await heading(page)).toBe('Danger zone');
  }, 60_000);
};

describeInBrowser('who lost the telephone with the authenticator app', loses, {}, clock);
