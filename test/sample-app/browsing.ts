import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import type { FakeClock, Platform } from 'nest-auth-plug/testing';
import type { Browser, Page } from 'playwright-core';
import { chromiumIsThere, launchChromium } from './chromium.js';
import type { Settings } from '../../sample-app/src/settings.js';
import { startSample, startSampleAt, type Sample } from './start-sample.js';

/** A person at the sample app, as things are in the test that runs. */
export interface Visit {
  readonly platform: Platform;
  readonly sample: Sample;
  readonly page: Page;
  /** Another browser. */
  openPage(userAgent?: string): Promise<Page>;
}

/**
 * Describes what a person with a browser without JavaScript does, on both platforms. Skipped where there is no Chromium.
 *
 * @param clock the app's, where the test moves it @default the time of day
 */
export function describeInBrowser(
  title: string,
  body: (visit: () => Visit) => void,
  settings: Partial<Settings> = {},
  clock?: FakeClock,
): void {
  (chromiumIsThere() ? describe : describe.skip)('a person with a browser without JavaScript', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser.close());

    describe.each<Platform>(['express', 'fastify'])(`${title} on %s`, (platform) => {
      let visit: Visit;
      beforeEach(async () => {
        const sample =
          clock === undefined ? await startSample(platform, undefined, settings) : await startSampleAt(clock, platform);
        const openPage = (userAgent?: string) => newPage(browser, sample.url, userAgent);
        visit = { platform, sample, page: await openPage(), openPage };
      });
      afterEach(async () => {
        for (const context of browser.contexts()) await context.close();
        await visit.sample.close();
      });

      body(() => visit);
    });
  });
}

async function newPage(browser: Browser, baseURL: string, userAgent?: string): Promise<Page> {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false, ...(userAgent && { userAgent }) });
  return context.newPage();
}

/**
 * Of the newest message in the outbox that is about this. Mail is sent after the answer, so it may arrive a moment later.
 *
 * @param about `reset-password`, or with whom it went to where another may be there already: `ada@example.com, about reset-password`
 */
export async function openMailedLink(page: Page, about: string): Promise<void> {
  const message = page.locator('p', { hasText: `${about.includes(' about ') ? about : `about ${about}`}:` });
  do await page.goto('/dev/outbox');
  while ((await message.count()) === 0);
  await message.first().getByRole('link', { name: 'Open the link' }).click();
}

export async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
}

/** Where a page has but one field for codes. */
export async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Code' }).fill(code);
}

export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
}

export function heading(page: Page): Promise<string | null> {
  return page.getByRole('heading', { level: 1 }).textContent();
}

export function pathOf(page: Page): string {
  return new URL(page.url()).pathname;
}

const PASSWORD = 'a pear tree in the valley';
const ADA = 'ada@example.com';

/** Somebody without a name: the pages greet the address. */
export async function registerAda(page: Page): Promise<void> {
  await page.goto('/register');
  await fill(page, { 'E-mail': ADA, 'New password': PASSWORD, 'The same once more': PASSWORD });
  await press(page, 'Register');
}

/** By her password, on the page to sign in: other forms there have the same fields. @param box to tick */
export async function signInAda(page: Page, box?: string): Promise<void> {
  await page.goto('/sign-in');
  await typePassword(page, box);
}

/** The same where the page is there already, and knows where somebody was going. */
export async function typePassword(page: Page, box?: string): Promise<void> {
  const form = page.locator('form', { has: page.getByLabel('Password') });
  await form.getByLabel('E-mail').fill(ADA);
  await form.getByLabel('Password').fill(PASSWORD);
  if (box !== undefined) await form.getByLabel(box).check();
  await form.getByRole('button', { name: 'Sign in' }).click();
}
