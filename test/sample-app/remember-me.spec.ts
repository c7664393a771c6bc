import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, heading, pathOf, press, registerAda, signInAda } from './browsing.js';

const BOX = 'Keep me signed in on this device';

/** What ends with the session is gone. */
async function restart(page: Page): Promise<void> {
  await page.context().clearCookies({ name: '__Host-user-session' });
}

describeInBrowser('who wishes to be remembered, at the sample app', (visit) => {
  it('is greeted after a restart, until the next sign-out', async () => {
    const { page } = visit();
    await registerAda(page);
    await press(page, 'Sign out');
    await signInAda(page, BOX);
    await restart(page);
    await page.goto('/');
    expect(await heading(page)).toBe('Hello ada@example.com');

    await press(page, 'Sign out');
    await restart(page);
    await page.goto('/');
    expect(pathOf(page)).toBe('/sign-in');
  });

  it('shows the password before another device is signed out', async () => {
    const { page } = visit();
    await registerAda(page);
    const phone = await visit().openPage();
    await signInAda(phone, BOX);
    await restart(phone);

    await phone.goto('/devices');
    const others = phone.locator('p', { hasText: 'Last seen' });
    const count = await others.count();
    const endOne = () => others.first().locator('xpath=following-sibling::form[1]').getByRole('button').click();
    await endOne();
    expect(pathOf(phone)).toBe('/verify');
    await phone.getByLabel('Your password').fill('a pear tree in the valley');
    await press(phone, 'Go on');
    expect(pathOf(phone)).toBe('/devices');
    await endOne();

    expect(await others.count()).toBe(count - 1);
  });

  it('is not remembered without the wish', async () => {
    const { page } = visit();
    await registerAda(page);
    await press(page, 'Sign out');
    await signInAda(page);
    await restart(page);

    await page.goto('/');

    expect(pathOf(page)).toBe('/sign-in');
  });
});
