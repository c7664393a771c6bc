import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, proofOf, refusalOf } from './perform.js';
import { ADA, passwordWith, RIGHT, WRONG } from './setup.js';

describe('a password that is shown again by somebody who is signed in', () => {
  let world: FakeWorld;
  let hashing: FakeHashProvider;
  beforeEach(() => {
    world = new FakeWorld();
    hashing = new FakeHashProvider();
  });
  const verify = (signedIn: Parameters<FakeWorld['context']>[0], password: string) =>
    perform(passwordWith(hashing), 'verify', world.context(signedIn), { password });

  it('proves them by one factor, and changes nothing', async () => {
    const signedIn = world.addUser(ADA, hashing.of(RIGHT));

    const proof = proofOf(await verify({ signedIn }, RIGHT));

    expect(proof).toMatchObject({ user: { email: ADA }, methods: ['pwd'], factors: 1, subjectEpoch: 1 });
    expect(world.rows.get(signedIn)?.epoch).toBe(1);
  });

  it('is refused where it is wrong, too long, or nobody has one', async () => {
    const signedIn = world.addUser(ADA, hashing.of(RIGHT));
    const without = world.addUser('oauth@example.com', null);

    expect(await refusalOf(verify({ signedIn }, WRONG))).toMatchObject({ reason: 'wrong_password' });
    expect(await refusalOf(verify({ signedIn: without }, RIGHT))).toMatchObject({ reason: 'no_password' });
    expect(await refusalOf(verify({ signedIn }, 'x'.repeat(1025)))).toMatchObject({ code: 'ERR_INVALID_INPUT' });
    expect(await refusalOf(verify({}, RIGHT))).toMatchObject({ code: 'ERR_SIGN_IN_REQUIRED' });
  });
});
