import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Subject } from '../../../lib/resources/index.js';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, phaseOf, proofOf, refusalOf } from './perform.js';
import { ADA, passwordWith, RIGHT, typed, WRONG } from './setup.js';

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

const change = (signedIn: Subject, currentPassword: string, raw = typed('an other password')) =>
  perform(passwordWith(hashing), 'change', world.context({ signedIn }), { currentPassword, ...raw });

describe('changing a password', () => {
  it('[ASVS 6.2.3] takes the present one, and raises the epoch as the proof takes effect', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));

    const proof = proofOf(await change(subject, RIGHT));

    expect(proof).toMatchObject({ user: { email: ADA }, methods: ['pwd'], factors: 1, subjectEpoch: 1 });
    expect(world.rows.get(subject)?.epoch).toBe(2);
    expect(world.hashOf(subject)).toBe(hashing.of('an other password'));
  });

  it('[ASVS 6.2.3] changes nothing when the present one is wrong', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));

    expect((await refusalOf(change(subject, WRONG))).reason).toBe('wrong_password');
    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
    expect(world.rows.get(subject)?.epoch).toBe(1);
  });

  it('is refused, after the same work, to a user without a password', async () => {
    const room = passwordWith(hashing);
    await room.prepare?.();
    hashing.work.length = 0;
    const signedIn = world.addUser(ADA, null);

    const refusal = await refusalOf(
      perform(room, 'change', world.context({ signedIn }), { currentPassword: RIGHT, ...typed('an other password') }),
    );

    expect(refusal).toEqual({
      code: 'ERR_AUTHENTICATION_FAILED',
      message: 'Authentication failed',
      reason: 'no_password',
    });
    expect(hashing.work).toEqual(['verify at cost 1']);
  });

  it('[ASVS 15.4.2] loses to a change that came first', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));
    world.afterFind = () => void (world.rows.get(subject) ?? { epoch: 0 }).epoch++;

    expect((await refusalOf(change(subject, RIGHT))).reason).toBe('credentials_changed');
    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
  });

  it('[ASVS 6.2.2] is for somebody who is signed in, and counts as a guess', async () => {
    expect(phaseOf(passwordWith(hashing), 'change')).toMatchObject({ actor: 'user', guess: 'secret' });
    const raw = { currentPassword: RIGHT, ...typed('an other password') };
    expect((await refusalOf(perform(passwordWith(hashing), 'change', world.context(), raw))).code).toBe(
      'ERR_SIGN_IN_REQUIRED',
    );
  });
});
