import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, fill, heading, openMailedLink, pathOf, press } from './browsing.js';

const PASSWORD = 'a pear tree in the valley';
const NEW_PASSWORD = 'a plum tree on the hill';

describeInBrowser('at the sample app', (visit) => {
  it('registers, is greeted, signs out, resets the password by mail, and is greeted again', async () => {
    const { page } = visit();
    await page.goto('/');
    await page.getByRole('link', { name: 'Register' }).click();
    await register(page);
    expect(await heading(page)).toBe('Hello Ada');

    await press(page, 'Sign out');
    expect(await page.getByRole('status').textContent()).toBe('You are signed out.');
    await page.goto('/');
    expect(pathOf(page)).toBe('/sign-in');

    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await fill(page, { 'E-mail': 'ada@example.com' });
    await press(page, 'Mail me a link');
    await openMailedLink(page, 'reset-password');
    await fill(page, { 'New password': NEW_PASSWORD, 'The same once more': NEW_PASSWORD });
    await press(page, 'Set the password');
    expect(await page.getByRole('status').textContent()).toContain('Your new password is set');

    await signIn(page, PASSWORD);
    expect(await page.getByRole('alert').textContent()).toContain('do not belong together');
    await signIn(page, NEW_PASSWORD);
    expect(await heading(page)).toBe('Hello Ada');
  });

  it('reads beside each field what is wrong with it, and types no secret into an address', async () => {
    const { page } = visit();
    await page.goto('/register');
    await fill(page, { 'E-mail': 'ada@example.com', 'New password': 'pear', 'The same once more': 'plum' });
    await press(page, 'Register');

    expect(await page.locator('label', { hasText: 'New password' }).textContent()).toContain('too short');
    expect(await page.locator('label', { hasText: 'once more' }).textContent()).toContain('not the same');
    expect(page.url()).not.toMatch(/pear|plum|ada/);
  });

  it('sees a second device and signs it out', async () => {
    const { page } = visit();
    await page.goto('/register');
    await register(page);
    const phone = await visit().openPage(`Phone <b>7</b> (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`);
    await phone.goto('/devices');
    await signIn(phone, PASSWORD);
    expect([await heading(phone), pathOf(phone)]).toEqual(['Your devices', '/devices']);

    await page.goto('/devices');
    const item = page.locator('p', { hasText: 'Firefox on Linux' });
    await item.locator('xpath=following-sibling::form[1]').getByRole('button').click();

    expect(await item.count()).toBe(0);
    await phone.goto('/');
    expect(pathOf(phone)).toBe('/sign-in');
  });

  it('changes the password and goes on', async () => {
    const { page } = visit();
    await page.goto('/register');
    await register(page);
    await page.getByRole('link', { name: 'Change your password' }).click();
    await fill(page, {
      'Present password': PASSWORD,
      'New password': NEW_PASSWORD,
      'The same once more': NEW_PASSWORD,
    });
    await press(page, 'Change the password');

    expect(await page.getByRole('status').textContent()).toContain('Your password is changed');
    expect(await heading(page)).toBe('Hello Ada');
  });

  it('may come by 127.0.0.1 as well', async () => {
    const { page } = visit();
    await page.goto(visit().sample.url.replace('localhost', '127.0.0.1'));
    await page.getByRole('link', { name: 'Register' }).click();
    await register(page);

    expect(await heading(page)).toBe('Hello Ada');
  });
});

async function register(page: Page): Promise<void> {
  await fill(page, { Name: 'Ada', 'E-mail': 'Ada@Example.com' });
  await fill(page, { 'New password': PASSWORD, 'The same once more': PASSWORD });
  await press(page, 'Register');
}

async function signIn(page: Page, password: string): Promise<void> {
  await fill(page, { 'E-mail': 'ada@example.com', Password: password });
  await press(page, 'Sign in');
}
