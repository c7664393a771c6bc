import { describe, expect, it } from '@jest/globals';
import { argon2id } from '../../../lib/hash-providers/argon2/index.js';
import type { HashProvider } from '../../../lib/hash-providers/index.js';
import { password } from '../../../lib/strategies/password/index.js';
import { FakeWorld, type User } from './fake-world.js';
import { perform, refusalOf } from './perform.js';
import { ADA, RIGHT, typed, WRONG } from './setup.js';

describe('a password under argon2id', () => {
  it('[ASVS 11.4.2] is stored as a hash that names its parameters, and signs in', async () => {
    const [world, strategy] = [new FakeWorld(), password<User>({ identityField: 'email' })];
    await perform(strategy, 'register', world.context(), { email: ADA, ...typed(RIGHT) });
    const [stored] = world.rows.values();

    expect(stored?.values['passwordHash']).toMatch(/^\$argon2id\$v=19\$m=32768,t=2,p=1\$/);
    const outcome = await perform(strategy, 'sign-in', world.context(), { email: ADA, password: RIGHT });
    expect(outcome.kind).toBe('proved');
  });

  it('[ASVS 6.3.8] costs the same for a wrong password, an unknown user and a user without one', async () => {
    const real = argon2id();
    const work: string[] = [];
    const verify = (guess: string, hash: string) => {
      work.push(`${guess} against ${hash.slice(0, hash.lastIndexOf('p=1$'))}`);
      return real.verify(guess, hash);
    };
    const hashProvider: HashProvider = {
      name: real.name,
      hash: (chosen) => real.hash(chosen),
      verify,
      recognises: (hash) => real.recognises(hash),
      needsRehash: (hash) => real.needsRehash(hash),
    };
    const [world, strategy] = [new FakeWorld(), password<User>({ identityField: 'email', hashProvider })];
    await strategy.prepare?.();
    await perform(strategy, 'register', world.context(), { email: ADA, ...typed(RIGHT) });
    world.addUser('oauth@example.com', null);

    for (const email of [ADA, 'nobody@example.com', 'oauth@example.com']) {
      await refusalOf(perform(strategy, 'sign-in', world.context(), { email, password: WRONG }));
    }

    const one = `${WRONG} against $argon2id$v=19$m=32768,t=2,`;
    expect(work).toEqual([one, one, one]);
  });
});
