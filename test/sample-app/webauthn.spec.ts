import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { pathOf, press, registerAda } from './browsing.js';
import { chromiumIsThere, launchChromium } from './chromium.js';
import { startSample, type Sample } from './start-sample.js';

// A browser of its own, scripts and all, on a busy machine.
jest.setTimeout(90_000);

/** A browser that offers no passkeys where a name is typed. */
const NO_AUTOFILL = 'PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);';

/** The authenticator of a browser, in software: what a device has built in. */
class VirtualAuthenticator {
  constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async in(page: Page): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
    } as const;
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  async credentials() {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', {
      authenticatorId: this.authenticatorId,
    });
    return credentials;
  }

  /** Whether its owner types the right PIN. */
  async verifies(isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.authenticatorId, isUserVerified });
  }
}

(chromiumIsThere() ? describe : describe.skip)('a person with a browser that knows passkeys', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  describe.each<Platform>(['express', 'fastify'])('at the sample app on %s', (platform) => {
    let sample: Sample;
    let page: Page;
    let key: VirtualAuthenticator;
    const faults: string[] = [];
    beforeEach(async () => {
      sample = await startSample(platform);
      page = await (await browser.newContext({ baseURL: sample.url })).newPage();
      faults.length = 0;
      // A script that the policy stops says so here, and one that throws.
      page.on(
        'console',
        (message) => void (message.text().includes('Content Security Policy') && faults.push(message.text())),
      );
      page.on('pageerror', ({ message }) => void faults.push(message));
      key = await VirtualAuthenticator.in(page);
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      await sample.close();
      expect(faults).toEqual([]);
    });

    const addPasskey = async (name: string) => {
      await page.goto('/passkeys');
      await page.getByLabel('Name of the new one').fill(name);
      await press(page, 'Add a passkey');
      await page.getByRole('status').waitFor();
    };

    it('adds a passkey, signs out, and signs in by it', async () => {
      await registerAda(page);
      await page.getByRole('link', { name: 'Your passkeys' }).click();
      await addPasskey('My laptop');
      expect(await page.getByRole('status').textContent()).toContain('The passkey is added');
      expect(await page.getByText('My laptop').first().isVisible()).toBe(true);
      expect(await key.credentials()).toMatchObject([{ rpId: 'localhost', isResidentCredential: true, signCount: 1 }]);

      await page.addInitScript(NO_AUTOFILL); // nothing but the button is to sign in
      await page.goto('/');
      await press(page, 'Sign out');
      await press(page, 'Use a passkey');
      await page.getByRole('heading', { name: 'Hello ada@example.com' }).waitFor();
      expect(pathOf(page)).toBe('/');
    });

    it('is offered it where a name is typed, and in without typing one', async () => {
      await registerAda(page);
      await addPasskey('My laptop');
      await page.goto('/');
      await press(page, 'Sign out');

      // The authenticator answers by itself what the browser asks in the field; nobody presses a button.
      await page.getByRole('heading', { name: 'Hello ada@example.com' }).waitFor();
    });

    it('is told where it does not work: the wrong PIN, and nothing is added', async () => {
      await registerAda(page);
      await key.verifies(false);
      await page.goto('/passkeys');
      await press(page, 'Add a passkey');

      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('That did not work');
      await page.reload();
      expect(await page.getByRole('button', { name: 'Remove' }).count()).toBe(0);
    });

    it('renames and removes it, without any script', async () => {
      await registerAda(page);
      await addPasskey('My laptop');
      const plain = await browser.newContext({ baseURL: sample.url, javaScriptEnabled: false });
      await plain.addCookies(await page.context().cookies());
      const still = await plain.newPage();

      await still.goto('/passkeys');
      expect(await still.getByRole('button', { name: 'Add a passkey' }).isVisible()).toBe(false);
      await still.getByLabel('Another name for My laptop').fill('Old laptop');
      await press(still, 'Rename My laptop');
      expect(await still.getByRole('status').textContent()).toContain('new name');
      await press(still, 'Remove Old laptop');
      expect(await still.getByRole('status').textContent()).toContain('The passkey is removed');
      expect(await still.getByText('Old laptop').count()).toBe(0);
    });

    it('[ASVS 3.7.2] goes to no other site, whatever the address of the page says', async () => {
      await registerAda(page);
      await addPasskey('My laptop');
      await page.addInitScript(NO_AUTOFILL);
      await page.context().clearCookies();
      for (const returnTo of ['https://evil.example/', '//evil.example', 'javascript:alert(1)']) {
        await page.goto(`/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
        expect(await page.locator('form[data-passkey]').getAttribute('data-next')).toBe(returnTo);
      }
      await press(page, 'Use a passkey');
      await page.waitForURL(/localhost/);

      expect(new URL(page.url()).origin).toBe(sample.url);
    });
  });
});
