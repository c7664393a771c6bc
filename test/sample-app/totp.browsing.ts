import type { FakeClock } from 'nest-auth-plug/testing';
import type { Page } from 'playwright-core';
import { press, typeCode } from './browsing.js';
import { codesOfUrl } from './totp.codes.js';

/** The app on somebody's telephone: it has what the page shows. @returns what it shows at the time of the clock */
export async function appOf(page: Page, clock: FakeClock): Promise<() => string> {
  const href = await page.getByRole('link', { name: 'Open the app' }).getAttribute('href');
  return codesOfUrl(href ?? '', clock);
}

/** Sets an app up and turns it on, which uses its first code up. */
export async function setUpApp(page: Page, clock: FakeClock): Promise<() => string> {
  await page.goto('/authenticator');
  await press(page, 'Set up an app');
  const code = await appOf(page, clock);
  await typeCode(page, code());
  await press(page, 'Turn on');
  return code;
}
