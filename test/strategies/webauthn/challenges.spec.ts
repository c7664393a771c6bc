import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { copyOf } from '../../rooms/browsing.js';
import { signInRows } from '../../security/visit.js';
import { Authenticator, type CreationOptions } from './authenticator.js';
import {
  ADA,
  addPasskey,
  answer,
  BEA,
  begin,
  lastReason,
  passkeysApp,
  passkeysApps,
  register,
  show,
  signInByPassword,
  type PasskeysApp,
} from './passkeys-app.js';

const SPENT = { status: 422, body: { code: 'ERR_INVALID_TOKEN' }, setCookies: [] };

describe.each<Platform>(['express', 'fastify'])('a challenge on %s', (platform) => {
  const { visit } = passkeysApps(platform);

  const someone = async (passkeys = {}) => {
    const visited = await visit({ passkeys });
    await addPasskey(visited.ada, visited.key);
    return visited;
  };

  it('[ASVS 6.7.2] [ASVS 6.5.1] works once, whoever sends the answer again', async () => {
    const { app, key } = await someone();
    const browser = app.client();
    const { options } = await begin(browser, 'sign-in');
    const thief = copyOf(app, browser);
    const credential = key.get(options);

    expect(await answer(browser, 'sign-in', { credential })).toMatchObject({ status: 200 });
    const rows = await signInRows(app);
    expect(await answer(thief, 'sign-in', { credential })).toMatchObject(SPENT);
    expect(await answer(browser, 'sign-in', { credential })).toMatchObject({ status: 422 });
    expect(await signInRows(app)).toEqual(rows);
  });

  it('[ASVS 6.7.2] is used up by a wrong answer, so that nobody tries twice', async () => {
    const { app, key } = await someone();
    const browser = app.client();
    const { options } = await begin(browser, 'sign-in');
    const same = copyOf(app, browser);

    const wrong = key.get(options, { signature: () => Buffer.alloc(70) });
    expect(await answer(browser, 'sign-in', { credential: wrong })).toMatchObject({ status: 401 });
    expect(await answer(same, 'sign-in', { credential: key.get(options) })).toMatchObject(SPENT);
  });

  it('is not used up by what nobody understands', async () => {
    const { app, key } = await someone();
    const browser = app.client();
    const { options } = await begin(browser, 'sign-in');

    expect(await answer(browser, 'sign-in', { credential: {} })).toMatchObject({ status: 422 });
    expect(await answer(browser, 'sign-in', { credential: key.get(options) })).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.7.2] works for five minutes', async () => {
    const { app, key } = await someone();
    const [early, late] = [app.client(), app.client()];
    const first = await begin(early, 'sign-in');
    const second = await begin(late, 'sign-in');

    app.clock.advance(299);
    expect(await answer(early, 'sign-in', { credential: key.get(first.options) })).toMatchObject({ status: 200 });
    app.clock.advance(1);
    expect(await answer(late, 'sign-in', { credential: key.get(second.options) })).toMatchObject(SPENT);
  });

  it('[ASVS 6.7.2] works in the browser that asked for it, and in no other', async () => {
    const { app, key } = await someone();
    const browser = app.client();
    const { options, ceremony } = await begin(browser, 'sign-in');
    const credential = key.get(options);
    const [name = '', value = ''] = [...browser.cookies][0] ?? [];

    expect(ceremony).toBeUndefined();
    expect(name).toBe('__Host-user-flow-webauthn-sign-in');
    expect(await answer(app.client(), 'sign-in', { credential })).toMatchObject(SPENT);
    expect(await answer(app.client(), 'sign-in', { credential, ceremony: value })).toMatchObject(SPENT);
    expect(await answer(browser, 'sign-in', { credential })).toMatchObject({ status: 200 });
  });

  it('works for whoever has its handle, where clients have no cookies', async () => {
    const { app, key } = await someone({ challengeBoundTo: 'holder' });
    const { options, ceremony } = await begin(app.client(), 'sign-in');
    const credential = key.get(options);

    expect(await answer(app.client(), 'sign-in', { credential })).toMatchObject(SPENT);
    expect(await answer(app.client(), 'sign-in', { credential, ceremony: `${ceremony}x` })).toMatchObject(SPENT);
    expect(await answer(app.client(), 'sign-in', { credential, ceremony })).toMatchObject({ status: 200 });
    expect(await answer(app.client(), 'sign-in', { credential, ceremony })).toMatchObject(SPENT);
  });

  it('[ASVS 6.7.2] [ASVS 2.3.1] of one ceremony is none of another', async () => {
    const { app, ada, key } = await someone({ challengeBoundTo: 'holder', registration: 'open' });
    const pending = app.client();
    await signInByPassword(pending);
    const begun = {
      'sign-in': await begin(app.client(), 'sign-in'),
      'second-factor': await begin(pending, 'second-factor'),
      verify: await begin(ada, 'verify'),
    };
    const browsers = { 'sign-in': app.client(), 'second-factor': pending, verify: ada };
    for (const [from, { options, ceremony }] of Object.entries(begun)) {
      for (const [kind, browser] of Object.entries(browsers)) {
        if (kind === from) continue;
        const refused = await answer(browser, kind, { credential: key.get(options), ceremony });
        expect([from, kind, refused.status]).toEqual([from, kind, 422]);
      }
    }
    const registration = await begin<CreationOptions>(ada, 'registration');
    const signUp = await begin<CreationOptions>(app.client(), 'sign-up', { email: BEA });
    const [mine, theirs] = [new Authenticator(), new Authenticator()];
    for (const [kind, browser, credential, ceremony] of [
      ['register', ada, theirs.create(signUp.options), signUp.ceremony],
      ['sign-up', app.client(), mine.create(registration.options), registration.ceremony],
    ] as const) {
      expect([kind, (await answer(browser, kind, { credential, ceremony })).status]).toEqual([kind, 422]);
    }
  });

  it('[ASVS 6.7.2] of one user is none of another: to add a passkey, to step up, as a second factor', async () => {
    const { app, ada, key } = await someone({ challengeBoundTo: 'holder' });
    const bea = app.client();
    await register(bea, BEA);
    const beas = new Authenticator();
    const begun = await begin<CreationOptions>(bea, 'registration');
    await answer(bea, 'register', { credential: beas.create(begun.options), ceremony: begun.ceremony });

    const foreign = await begin<CreationOptions>(bea, 'registration');
    const credential = new Authenticator().create(foreign.options);
    expect((await answer(ada, 'register', { credential, ceremony: foreign.ceremony })).status).toBe(401);
    expect(lastReason(app)).toBe('foreign_challenge');

    const [adaWaits, beaWaits] = [app.client(), app.client()];
    await signInByPassword(adaWaits, ADA);
    await signInByPassword(beaWaits, BEA);
    for (const [kind, of, by] of [
      ['verify', bea, ada],
      ['second-factor', beaWaits, adaWaits],
    ] as const) {
      const { ceremony } = await begin(of, kind);
      const { options } = await begin(by, kind);
      const answered = await answer(by, kind, { credential: key.get(options), ceremony });
      expect([kind, answered.status, lastReason(app)]).toEqual([kind, 401, 'foreign_challenge']);
    }
  });

  it('asks for what it asked for when it was made, whatever the app says by the time of the answer', async () => {
    const { app, ada } = await visit({ passkeys: { userVerification: 'preferred' } });
    const touched = new Authenticator({ verifiesUser: false });
    await addPasskey(ada, touched);
    const browser = app.client();
    const { options } = await begin(browser, 'sign-in');
    expect(options).toMatchObject({ userVerification: 'preferred' });
    const strict = await passkeysApp({ platform, dataLayer: { ...sharing(app) } });
    try {
      const elsewhere = strict.client();
      for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value);
      expect(await answer(elsewhere, 'sign-in', { credential: touched.get(options) })).toMatchObject({ status: 200 });
      expect(await show(strict.client(), touched)).toMatchObject({ status: 401 });
    } finally {
      await strict.close();
    }
  });
});

/** A second app over the data of the first, as another process has it. */
function sharing({ data }: PasskeysApp) {
  const open = { ...bound(data), check: () => Promise.resolve([]), close: () => Promise.resolve() };
  return { name: 'shared', durable: false, open: () => Promise.resolve(open) };
}

function bound(data: PasskeysApp['data']): PasskeysApp['data'] {
  return {
    insert: (...given) => data.insert(...given),
    insertIfAbsent: (...given) => data.insertIfAbsent(...given),
    findOne: (...given) => data.findOne(...given),
    findMany: (...given) => data.findMany(...given),
    update: (...given) => data.update(...given),
    increment: (...given) => data.increment(...given),
    delete: (...given) => data.delete(...given),
    transaction: (work) => data.transaction(work),
    forTenant: (tenant) => data.forTenant(tenant),
  };
}
