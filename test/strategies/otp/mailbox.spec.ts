import { afterEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { confirming } from '../../rooms/confirming.js';
import { ADA, addUser, NEW, whoIsIn, type MailedApp } from '../../rooms/mailed-app.js';
import { codeApp, codeFor, enter } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('the mailbox that a code shows, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  const confirmedAt = async (email: string) =>
    (await app.data.findOne(app.users.model, { email }))?.['emailConfirmedAt'] ?? null;

  it('is confirmed by it, and is so from the start where it made the account', async () => {
    app = await codeApp({ platform, code: { registration: 'open' }, user: { addOns: [confirming()] } });
    const browser = app.client();
    await addUser(app);
    expect(await confirmedAt(ADA)).toBeNull();

    for (const email of [ADA, NEW]) {
      expect(await enter(browser, await codeFor(app, browser, email))).toMatchObject({ status: 200 });
      expect(await whoIsIn(browser)).toBe(email);
    }

    expect([await confirmedAt(ADA), await confirmedAt(NEW)]).toEqual([app.clock.now(), app.clock.now()]);
  });

  it('is none where the identity is no address, as with codes that go to a telephone', async () => {
    const user = { fields: { email: 'username' } } as const;
    app = await codeApp({ platform, code: { identity: 'username', registration: 'open' }, user });
    const browser = app.client();

    expect(await enter(browser, await codeFor(app, browser, NEW))).toMatchObject({ status: 200 });
    expect(await browser.get('/in')).toMatchObject({ body: { methods: ['mca'] } });
  });
});
