import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { signInRows } from '../../security/visit.js';
import { Authenticator, type CreationOptions } from './authenticator.js';
import { ADA, answer, begin, isIn, PASSKEYS, passkeysApps, register, show, signUp, whoIsIn } from './passkeys-app.js';

describe.each<Platform>(['express', 'fastify'])('whoever has no account, on %s,', (platform) => {
  const { boot } = passkeysApps(platform);
  const open = () => boot({ passkeys: { registration: 'open' } });

  it('makes one with a passkey, is in, and comes back by it', async () => {
    const app = await open();
    const [browser, key] = [app.client(), new Authenticator()];

    expect(await signUp(browser, key, 'Ada@Example.com')).toMatchObject({
      status: 200,
      body: { user: { email: ADA } },
    });
    expect(await whoIsIn(browser)).toMatchObject({ methods: ['pop'], secondFactorAt: null });
    const again = app.client();
    expect(await show(again, key)).toMatchObject({ status: 200 });
    expect(await whoIsIn(again)).toMatchObject({ methods: ['pop', 'user', 'mfa'] });
    expect(await app.handles()).toMatchObject([{ userHandle: key.held[0]?.userHandle }]);
  });

  it('[ASVS 6.3.8] learns nothing from the options, and from the answer no more than by a password', async () => {
    const app = await open();
    await register(app.client(), ADA);
    const stranger = app.client();

    const taken = await begin<CreationOptions>(stranger, 'sign-up', { email: ADA });
    const free = await begin<CreationOptions>(app.client(), 'sign-up', { email: 'new@example.com' });
    expect({ ...taken.options, challenge: '', user: {} }).toEqual({ ...free.options, challenge: '', user: {} });
    const before = await signInRows(app);
    const refused = await answer(stranger, 'sign-up', { credential: new Authenticator().create(taken.options) });
    expect(refused).toMatchObject({ status: 422, body: { problems: [{ field: 'email', code: 'taken' }] } });
    expect([await app.rows(), await app.handles(), await signInRows(app)]).toEqual([[], [], before]);
    expect(await isIn(stranger)).toBe(false);
  });

  it('[ASVS 6.3.1] has as many tries at addresses as at passwords', async () => {
    const app = await boot({
      passkeys: { registration: 'open' },
      user: { limits: { guessesPerAddress: [{ limit: 2, windowSeconds: 60 }] } },
    });
    const statuses = [];
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com']) {
      statuses.push((await signUp(app.client(), new Authenticator(), email)).status);
    }

    expect(statuses).toEqual([200, 200, 429]);
  });

  it('makes no account with the passkey of somebody else, and leaves nothing behind', async () => {
    const app = await open();
    const key = new Authenticator();
    await signUp(app.client(), key);
    const id = key.held[0]?.id ?? Buffer.alloc(0);

    const lies = { signedId: id, id: id.toString('base64url') };
    const refused = await signUp(app.client(), new Authenticator(), 'thief@example.com', lies);

    expect(refused).toMatchObject({ status: 422, body: { problems: [{ field: 'credential', code: 'taken' }] } });
    expect(await app.data.findOne(app.users.model, { email: 'thief@example.com' })).toBeNull();
    expect(await app.handles()).toHaveLength(1);
  });

  it('cannot, unless the app says so', async () => {
    const app = await boot();
    for (const phase of ['sign-up-options', 'sign-up']) {
      expect(await app.client().post(`${PASSKEYS}/${phase}`, { json: { email: ADA } })).toMatchObject({ status: 404 });
    }
  });
});
