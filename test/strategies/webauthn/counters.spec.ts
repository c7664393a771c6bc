import { describe, expect, it } from '@jest/globals';
import { Authenticator } from './authenticator.js';
import { addPasskey, answer, begin, isIn, lastReason, passkeysApps, show, type PasskeysApp } from './passkeys-app.js';

describe('the counter of an authenticator', () => {
  const { visit } = passkeysApps();

  const countOf = async (app: PasskeysApp) => (await app.rows())[0]?.['signCount'];
  const alarms = (app: PasskeysApp) => app.events.filter(({ name }) => name === 'webauthn.counter-regression');

  it('is kept at each use, and may jump', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);
    expect(await countOf(app)).toBe(0);

    await show(app.client(), key);
    expect(await countOf(app)).toBe(1);
    expect(await show(app.client(), key, { counter: 4_294_967_295 })).toMatchObject({ status: 200 });
    expect(await countOf(app)).toBe(4_294_967_295);
  });

  it.each([
    ['goes back', 1],
    ['stands still', 2],
    ['is none any more', 0],
  ])('that %s lets nobody in, and tells add-ons that there may be a copy', async (_, counter) => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);
    await show(app.client(), key, { counter: 2 });

    const browser = app.client();
    expect(await show(browser, key, { counter })).toMatchObject({ status: 401 });
    expect([lastReason(app), await isIn(browser)]).toEqual(['counter_regression', false]);
    expect(alarms(app)).toMatchObject([{ outcome: 'refused', facts: { passkeyId: (await app.rows())[0]?.['id'] } }]);
    expect(await countOf(app)).toBe(2);
    expect(await show(app.client(), key, { counter: 3 })).toMatchObject({ status: 200 });
  });

  it('raises no alarm where the signature is wrong: anybody could', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);
    await show(app.client(), key, { counter: 2 });

    await show(app.client(), key, { counter: 1, signature: () => Buffer.alloc(70) });

    expect([lastReason(app), alarms(app)]).toEqual(['not_verified', []]);
  });

  it('that goes back is told and let in, where the app says so, each time', async () => {
    const { app, ada, key } = await visit({ passkeys: { onCounterRegression: 'flag' } });
    await addPasskey(ada, key);
    await show(app.client(), key, { counter: 5 });

    for (const counter of [2, 3]) {
      expect(await show(app.client(), key, { counter })).toMatchObject({ status: 200 });
    }
    expect(alarms(app).map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(await countOf(app)).toBe(5);
  });

  it('is none where it is always zero, as of passkeys that are synchronised', async () => {
    const { app, ada } = await visit();
    const key = new Authenticator({ counts: false, backedUp: true });
    await addPasskey(ada, key);

    for (let round = 0; round < 3; round += 1) {
      expect(await show(app.client(), key)).toMatchObject({ status: 200 });
    }
    expect(alarms(app)).toEqual([]);
  });

  it('is written under the condition that nobody else wrote it meanwhile', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);
    const browsers = [app.client(), app.client()];
    const [first, second] = [await begin(browsers[0] ?? ada, 'sign-in'), await begin(browsers[1] ?? ada, 'sign-in')];
    const same = { counter: 7 };

    const answers = await Promise.all([
      answer(browsers[0] ?? ada, 'sign-in', { credential: key.get(first.options, same) }),
      answer(browsers[1] ?? ada, 'sign-in', { credential: key.get(second.options, same) }),
    ]);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
  });
});

describe('what an authenticator says of copies', () => {
  const { visit } = passkeysApps();

  it('is kept: whether there may be any, for good, and whether there are', async () => {
    const { app, ada } = await visit();
    const key = new Authenticator({ backedUp: true });
    const unsaved = (flags: number) => flags & ~0x10;
    await addPasskey(ada, key, { lies: { flags: unsaved } });
    expect(await app.rows()).toMatchObject([{ backupEligible: true, backedUp: false }]);

    await show(app.client(), key);
    expect(await app.rows()).toMatchObject([{ backupEligible: true, backedUp: true }]);
    await show(app.client(), key, { flags: unsaved });
    expect(await app.rows()).toMatchObject([{ backupEligible: true, backedUp: false }]);

    const single = (flags: number) => flags & ~0x18;
    expect(await show(app.client(), key, { flags: single })).toMatchObject({ status: 401 });
    expect(lastReason(app)).toBe('backup_eligibility_changed');
  });
});
