import { describe, expect, it } from '@jest/globals';
import { password } from '../../../lib/strategies/password/index.js';
import { FakeWorld, type User } from './fake-world.js';
import { perform, refusalOf } from './perform.js';
import { ADA, RIGHT, typed, WRONG } from './setup.js';

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

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
    const [world, strategy] = [new FakeWorld(), password<User>({ identityField: 'email' })];
    await strategy.prepare?.();
    await perform(strategy, 'register', world.context(), { email: ADA, ...typed(RIGHT) });
    world.addUser('oauth@example.com', null);
    const times = new Map<string, number[]>([
      [ADA, []],
      ['nobody@example.com', []],
      ['oauth@example.com', []],
    ]);

    for (let round = 0; round < 25; round += 1) {
      for (const [email, list] of times) {
        const start = performance.now();
        await refusalOf(perform(strategy, 'sign-in', world.context(), { email, password: WRONG }));
        list.push(performance.now() - start);
      }
    }

    const [wrong = 0, unknown = 0, without = 0] = [...times.values()].map(median);
    // Wide, for a busy machine: a missing hash would make it a hundredth, a second one double.
    for (const other of [unknown, without]) expect(Math.abs(other / wrong - 1)).toBeLessThan(0.5);
  });
});
