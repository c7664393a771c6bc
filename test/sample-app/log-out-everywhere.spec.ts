import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, heading, pathOf, press, registerAda, signInAda } from './browsing.js';

const notice = (page: Page) => page.getByRole('status').textContent();

describeInBrowser('with two devices, at the sample app', (visit) => {
  const devices = async () => {
    const { page } = visit();
    await registerAda(page);
    const phone = await visit().openPage();
    await signInAda(phone);
    await phone.goto('/devices');
    return { page, phone };
  };
  const pathAtHome = async (page: Page) => {
    await page.goto('/');
    return pathOf(page);
  };

  it('signs out everywhere from one of them', async () => {
    const { page, phone } = await devices();

    await phone.getByRole('button', { name: 'Sign out everywhere', exact: true }).click();

    expect([await notice(phone), pathOf(phone)]).toEqual(['You are signed out everywhere.', '/sign-in']);
    expect([await pathAtHome(page), await pathAtHome(phone)]).toEqual(['/sign-in', '/sign-in']);
  });

  it('signs out everywhere else, and stays in on the one', async () => {
    const { page, phone } = await devices();

    await press(phone, 'Sign out everywhere else');

    expect(await notice(phone)).toBe('All your other devices are signed out.');
    expect(await heading(phone)).toBe('Your devices');
    expect(await phone.getByText('Last seen').count()).toBe(0);
    expect([await pathAtHome(page), await pathAtHome(phone)]).toEqual(['/sign-in', '/']);
  });
});
