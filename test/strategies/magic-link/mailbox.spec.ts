import { afterEach, describe, expect, it } from '@jest/globals';
import { password } from 'nest-auth-plug/strategies/password';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { confirming } from '../../rooms/confirming.js';
import { ADA, addUser, NEW, whoIsIn, type Addressee, type MailedApp } from '../../rooms/mailed-app.js';
import { PASSWORD } from '../../users.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { linkApp, linkFor, redeem, type LinkAppOptions } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('the mailbox that a link shows, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  const withPasswords = () => password<Addressee>({ identityField: 'email', hashProvider: new PlainHash() });
  async function visit(options: LinkAppOptions = {}): Promise<Client> {
    app = await linkApp({ platform, link: { registration: 'open' }, ...options });
    return app.client();
  }
  const confirmedAt = async (email: string) =>
    (await app.data.findOne(app.users.model, { email }))?.['emailConfirmedAt'] ?? null;

  it('[PRJ] ends what somebody had who registered the address first and never read its mail', async () => {
    const hijacker = await visit({ user: { addOns: [confirming()], strategies: [withPasswords()] } });
    const json = { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD };
    expect(await hijacker.post('/auth/user/password/register', { json })).toMatchObject({ status: 200 });

    const owner = app.client();
    expect(await redeem(owner, await linkFor(app, ADA))).toMatchObject({ status: 200 });

    expect([await whoIsIn(owner), await whoIsIn(hijacker)]).toEqual([ADA, null]);
    expect(await hijacker.post('/auth/user/password/sign-in', { json })).toMatchObject({ status: 401 });
    expect(await confirmedAt(ADA)).toBeInstanceOf(Date);
  });

  it('is confirmed by it, and is so from the start where it made the account', async () => {
    const browser = await visit({ user: { addOns: [confirming()] } });
    await addUser(app);
    const [known, unknown] = [await linkFor(app, ADA), await linkFor(app, NEW)];
    expect(await confirmedAt(ADA)).toBeNull();

    for (const token of [known, unknown]) expect(await redeem(browser, token)).toMatchObject({ status: 200 });

    expect([await confirmedAt(ADA), await confirmedAt(NEW)]).toEqual([app.clock.now(), app.clock.now()]);
  });

  it('[PRJ] keeps an app from starting where others register the address unproven, and nobody confirms it', async () => {
    const user = { strategies: [withPasswords()] };

    await expect(linkApp({ platform, user })).rejects.toMatchObject({
      problems: [{ where: 'resources.user.password', wrong: expect.stringContaining('"magic-link"') }],
    });
    await visit();
  });

  it('is none where the identity is no address', async () => {
    const link = { identity: 'username', registration: 'open' } as const;
    const browser = await visit({ link, user: { strategies: [withPasswords()], fields: { email: 'username' } } });

    const answer = await redeem(browser, await linkFor(app, NEW));

    expect(answer).toMatchObject({ status: 200 });
    expect(await browser.get('/in')).toMatchObject({ body: { methods: ['mca'] } });
  });
});
