import { afterEach, describe, expect, it } from '@jest/globals';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import { countersModel } from '../../lib/limits/index.js';
import { PASSWORD } from '../users.js';
import { NO_LIMITS, register, signIn, visit } from './visit.js';

const WRONG = 'not the right password';
const QUARTER_HOUR = 15 * 60;
const MONTH = 30 * 24 * 60 * 60;

let app: AuthTestApp;

describe('a limit', () => {
  afterEach(() => app.close());

  const counters = () => app.data.findMany(countersModel, {}, { orderBy: 'id', limit: 1000 });

  it('[PRJ 15] writes no more rows for whoever names new accounts from an address that is refused', async () => {
    ({ app } = await visit('express', {
      resource: { limits: { guessesPerAddress: [{ limit: 3, windowSeconds: QUARTER_HOUR }] } },
    }));
    for (let index = 0; index < 3; index += 1) await signIn(app.client(), WRONG, `user-${index}@example.com`);
    const before = (await counters()).length;

    for (let index = 3; index < 20; index += 1) {
      expect(await signIn(app.client(), WRONG, `user-${index}@example.com`)).toMatchObject({ status: 429 });
    }

    expect(await counters()).toHaveLength(before);
  });

  it('[ASVS 15.2.2] holds for a known device too, whose right guesses cost as much as wrong ones', async () => {
    ({ app } = await visit('express', {
      resource: { limits: { guessesPerAddress: [{ limit: 5, windowSeconds: QUARTER_HOUR }] } },
    }));
    const browser = app.client();
    await register(browser);

    const seen: number[] = [];
    for (let index = 0; index < 7; index += 1) seen.push((await signIn(browser)).status);

    expect(seen).toEqual([200, 200, 200, 200, 200, 429, 429]);
  });

  it('[ASVS 6.1.1] of a month is not used up by a burst that a shorter one refuses', async () => {
    const guessesPerIdentity = [
      { limit: 5, windowSeconds: MONTH },
      { limit: 2, windowSeconds: QUARTER_HOUR },
    ];
    ({ app } = await visit('express', { resource: { limits: { ...NO_LIMITS, guessesPerIdentity } } }));
    await register(app.client());
    for (let index = 0; index < 30; index += 1) await signIn(app.client(), WRONG);

    app.clock.advance(QUARTER_HOUR);

    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });
});

describe('an address', () => {
  afterEach(() => app.close());

  it('[ASVS 1.1.1] is one account, however a letter that lower-casing takes apart is written', async () => {
    ({ app } = await visit('express'));
    await register(app.client(), '\u01F0ohn@example.com');

    expect(await register(app.client(), 'J\u030Cohn@example.com')).toMatchObject({ status: 422 });
    expect(await signIn(app.client(), PASSWORD, 'J\u030Cohn@example.com')).toMatchObject({ status: 200 });
  });

  it.each(['example.com/x', 'exa\tmple.com', 'ex%61mple.com', 'example.com:80', 'example.com#x', 'example.com?x'])(
    '[ASVS 1.3.11] has no host that a reader of URLs would make another of: %j',
    async (host) => {
      ({ app } = await visit('express'));

      expect(await register(app.client(), `ada@${host}`)).toMatchObject({
        status: 422,
        text: expect.stringContaining('"field":"email"'),
      });
    },
  );
});
