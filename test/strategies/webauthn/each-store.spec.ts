import { expect, it } from '@jest/globals';
import type { Subject } from 'nest-auth-plug';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { passkeysModel, userHandlesModel } from '../../../lib/strategies/webauthn/webauthn.rows.js';
import { describeEachStore } from '../../stores/each-store.js';
import { peopleOnEach } from '../../stores/people-on-each.js';
import { Authenticator, type CreationOptions } from './authenticator.js';
import { addPasskey, answer, begin, list, passkeysApp, show, signUp, type PasskeysApp } from './passkeys-app.js';

const AT_ONCE = 50;

describeEachStore('passkeys', (store) => {
  const passkeys = { registration: 'open', challengeBoundTo: 'holder', maxPerSubject: 3 } as const;
  const people = peopleOnEach(store, (options) => passkeysApp({ ...options, passkeys }));
  const { appOn, newAddress } = people;
  /** Who has a password. */
  const someone = async (platform?: Platform) => ({ ...(await people.someone(platform)), key: new Authenticator() });
  /** Who has passkeys alone. */
  async function passwordless(app: PasskeysApp, keys: readonly Authenticator[]) {
    const [email, browser] = [newAddress(), app.client()];
    const [first, ...others] = keys;
    await signUp(browser, first ?? new Authenticator(), email);
    for (const key of others) await addPasskey(browser, key);
    return { browser, subject: await app.subjectOf(email) };
  }
  const together = <T>(work: (at: number) => Promise<T>) =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, at) => work(at)));
  const rowsOf = (app: PasskeysApp, subject: Subject) =>
    app.data.forTenant('').findMany(passkeysModel, { subject }, { orderBy: 'createdAt', limit: 100 });
  const statusesOf = (answers: readonly { readonly status: number }[]) => answers.map(({ status }) => status);

  it.each<Platform>(['express', 'fastify'])('are added, used, listed, renamed and removed on %s', async (platform) => {
    const { app, browser, email, key, subject } = await someone(platform);
    await addPasskey(browser, key, { name: 'Łódź 🚀' });
    app.clock.advance(1); // they are listed oldest first
    const longest = Buffer.alloc(1023, email);
    const lies = { signedId: longest, id: longest.toString('base64url') };
    expect(await addPasskey(browser, key, { lies })).toMatchObject({ status: 200 });
    expect(await show(app.client(), key, { id: lies.id })).toMatchObject({ status: 200, body: { user: { email } } });
    expect(await rowsOf(app, subject)).toMatchObject([
      { subject, name: 'Łódź 🚀', signCount: 0, transports: 'hybrid internal', backupEligible: false, backedUp: false },
      { credentialId: lies.id, signCount: 1, lastUsedAt: app.clock.now() },
    ]);

    const [first] = await list(browser);
    expect(await answer(browser, 'rename', { passkeyId: first?.id, name: 'Key ring' })).toMatchObject({ status: 200 });
    expect(await answer(browser, 'remove', { passkeyId: first?.id.toLowerCase() })).toMatchObject({ status: 404 });
    expect((await list(browser)).map(({ name }) => name)).toContain('Key ring');
    expect(await answer(browser, 'remove', { passkeyId: first?.id })).toMatchObject({ status: 200 });
    expect(await rowsOf(app, subject)).toHaveLength(1);
  });

  it('[ASVS 6.5.1] [ASVS 15.4.2] let one of fifty in who have one assertion', async () => {
    const { app, browser, key } = await someone();
    await addPasskey(browser, key);
    const { options, ceremony } = await begin(app.client(), 'sign-in');
    const credential = key.get(options);

    const answers = await together(() => answer(app.client(), 'sign-in', { credential, ceremony }));

    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1);
    expect(statusesOf(answers).filter((status) => ![200, 422].includes(status))).toEqual([]);
  });

  it('[ASVS 6.5.1] let one of fifty in who have an assertion each, of one count', async () => {
    const { app, browser, key, subject } = await someone();
    await addPasskey(browser, key);
    const begun = await together(() => begin(app.client(), 'sign-in'));
    const sent = begun.map(({ options, ceremony }) => ({ credential: key.get(options, { counter: 9 }), ceremony }));

    const answers = await together((at) => answer(app.client(), 'sign-in', sent[at] ?? {}));

    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1);
    expect(await rowsOf(app, subject)).toMatchObject([{ signCount: 9 }]);
  });

  it('[ASVS 2.3.4] are no more than the app allows, and are registered once, whoever sends fifty at once', async () => {
    const { app, browser, subject } = await someone();
    const same = new Authenticator();
    const begun = await together(() => begin<CreationOptions>(browser, 'registration'));
    const sent = begun.map(({ options, ceremony }) => ({ credential: same.create(options), ceremony }));

    const answers = await together((at) => answer(browser, 'register', sent[at] ?? {}));

    // Each is a change of credentials, so whoever is first ends the sign-in that all others come with.
    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1);
    expect(await rowsOf(app, subject)).toHaveLength(1);
  });

  it('[ASVS 2.3.4] leave one way in, whoever removes the last two by fifty requests at once', async () => {
    const app = appOn();
    const keys = [new Authenticator(), new Authenticator()];
    const { browser, subject } = await passwordless(app, keys);
    const other = app.client();
    await answerSignIn(other, keys[0] ?? new Authenticator());
    const ids = (await list(browser)).map(({ id }) => id);

    const answers = await together((at) => answer(at % 4 < 2 ? browser : other, 'remove', { passkeyId: ids[at % 2] }));

    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1);
    expect(await rowsOf(app, subject)).toHaveLength(1);
    const last = statusesOf(answers).indexOf(200) % 4 < 2 ? browser : other;
    const [left] = await list(last);
    expect(await answer(last, 'remove', { passkeyId: left?.id })).toMatchObject({ status: 409 });
    expect(await rowsOf(app, subject)).toHaveLength(1);
  });

  it('[ASVS 2.3.3] make one account of fifty who want one address', async () => {
    const app = appOn();
    const email = newAddress();
    const keys = Array.from({ length: AT_ONCE }, () => new Authenticator());

    const answers = await together((at) => signUpAs(app.client(), keys[at] ?? new Authenticator(), email));

    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(1);
    const subject = await app.subjectOf(email);
    expect(await rowsOf(app, subject)).toHaveLength(1);
    expect(
      await app.data.forTenant('').findMany(userHandlesModel, { subject }, { orderBy: 'subject', limit: 9 }),
    ).toHaveLength(1);
  });

  it('[ASVS 7.4.2] are gone with their owner, and work again where the owner was only disabled', async () => {
    const { app, browser, key, subject } = await someone();
    await addPasskey(browser, key);
    await app.service.disable(subject);
    await app.service.enable(subject);
    expect((await answerSignIn(app.client(), key)).status).toBe(200);

    await app.service.deleteUser(subject);
    expect((await answerSignIn(app.client(), key)).status).toBe(401);
    expect(await rowsOf(app, subject)).toEqual([]);
    expect(
      await app.data.forTenant('').findMany(userHandlesModel, { subject }, { orderBy: 'subject', limit: 9 }),
    ).toEqual([]);
  });
});

/** As clients without cookies do. */
async function answerSignIn(browser: Client, key: Authenticator) {
  const { options, ceremony } = await begin(browser, 'sign-in');
  return answer(browser, 'sign-in', { credential: key.get(options), ceremony });
}

async function signUpAs(browser: Client, key: Authenticator, email: string) {
  const { options, ceremony } = await begin<CreationOptions>(browser, 'sign-up', { email });
  return answer(browser, 'sign-up', { credential: key.create(options), ceremony });
}
