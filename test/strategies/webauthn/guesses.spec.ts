import { describe, expect, it } from '@jest/globals';
import { addPasskey, lastReason, PASSKEYS, passkeysApps, show, signInByPassword } from './passkeys-app.js';

describe('guesses at passkeys', () => {
  const { boot, visit } = passkeysApps();

  it('[ASVS 6.3.1] are counted by the address that they come from', async () => {
    const limits = { guessesPerAddress: [{ limit: 2, windowSeconds: 60 }] };
    const { app, ada, key } = await visit({ user: { limits } });
    await addPasskey(ada, key);
    const statuses = [];
    for (let round = 0; round < 3; round += 1) {
      statuses.push((await show(app.client(), key, { signature: () => Buffer.alloc(70) })).status);
    }

    expect(statuses).toEqual([401, 401, 429]);
    app.clock.advance(61);
    expect(await show(app.client(), key)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.3.1] are counted by the account where it is known, whatever flow they come with', async () => {
    const limits = { guessesPerIdentity: [{ limit: 3, windowSeconds: 60 }] };
    const { app, ada, key } = await visit({ user: { limits } });
    await addPasskey(ada, key);
    const statuses = [];
    for (const browser of [app.client(), app.client()]) {
      await signInByPassword(browser);
      for (let round = 0; round < 2; round += 1) {
        statuses.push((await show(browser, key, { signature: () => Buffer.alloc(70) }, 'second-factor')).status);
      }
    }

    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(lastReason(app)).toBe('limit_exceeded');
  });

  it('are none of the owner: the options cost nothing and count nothing', async () => {
    const app = await boot({ user: { limits: { guessesPerAddress: [{ limit: 1, windowSeconds: 60 }] } } });
    for (let round = 0; round < 5; round += 1) {
      expect(await app.client().post(`${PASSKEYS}/sign-in-options`, { json: {} })).toMatchObject({ status: 200 });
    }
  });
});
