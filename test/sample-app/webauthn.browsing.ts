import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import { FakeClock, type Platform } from 'nest-auth-plug/testing';
import type { Browser, Page } from 'playwright-core';
import { VirtualAuthenticator } from '../strategies/webauthn/virtual-authenticator.js';
import { press } from './browsing.js';
import { chromiumIsThere, launchChromium } from './chromium.js';
import { startSampleAt, type Sample } from './start-sample.js';

/** A person with a passkey at the sample app, as things are in the test that runs. */
export interface PasskeyVisit {
  readonly sample: Sample;
  readonly clock: FakeClock;
  readonly browser: Browser;
  readonly page: Page;
  readonly key: VirtualAuthenticator;
}

/** A browser that offers no passkeys where a name is typed: nothing but buttons are to sign in. */
const NO_AUTOFILL = 'PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);';

/** Describes what a person does whose browser knows passkeys, on both platforms. Skipped where there is no Chromium. */
export function describeWithPasskeys(title: string, body: (visit: () => PasskeyVisit) => void): void {
  (chromiumIsThere() ? describe : describe.skip)(title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser.close());

    describe.each<Platform>(['express', 'fastify'])('at the sample app on %s', (platform) => {
      let visit: PasskeyVisit;
      const faults: string[] = [];
      beforeEach(async () => {
        faults.length = 0;
        const clock = new FakeClock();
        const sample = await startSampleAt(clock, platform);
        const page = await (await browser.newContext({ baseURL: sample.url })).newPage();
        noteFaults(page, faults);
        visit = { sample, clock, browser, page, key: await VirtualAuthenticator.in(page) };
      });
      afterEach(async () => {
        for (const context of browser.contexts()) await context.close();
        await visit.sample.close();
        expect(faults).toEqual([]);
      });

      body(() => visit);
    });
  });
}

/** A script that the policy stops says so here, and one that throws. */
function noteFaults(page: Page, faults: string[]): void {
  page.on(
    'console',
    (message) => void (message.text().includes('Content Security Policy') && faults.push(message.text())),
  );
  page.on('pageerror', ({ message }) => void faults.push(message));
}

export async function addPasskey(page: Page, name: string): Promise<void> {
  await page.goto('/passkeys');
  await page.getByLabel('Name of the new one').fill(name);
  await press(page, 'Add a passkey');
  await page.getByRole('status').waitFor();
}

/** Signs out in a browser that offers no passkeys by itself from then on. */
export async function signOutWithoutAutofill(page: Page): Promise<void> {
  await page.addInitScript(NO_AUTOFILL);
  await page.goto('/');
  await press(page, 'Sign out');
}
