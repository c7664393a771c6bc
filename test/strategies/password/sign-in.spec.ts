import { beforeEach, describe, expect, it } from '@jest/globals';
import { TooBusy } from '../../../lib/errors/index.js';
import { HashQueue } from '../../../lib/hash-providers/index.js';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, proofOf, refusalOf } from './perform.js';
import { ADA, passwordWith, RIGHT, WRONG, type Options } from './setup.js';

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

const signIn = (email: string, typed: string, options: Options = {}) =>
  perform(passwordWith(hashing, options), 'sign-in', world.context(), { email, password: typed });

describe('signing in with a password', () => {
  it('proves who somebody is by one factor, under the epoch of the look-up', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));

    const proof = proofOf(await signIn(ADA, RIGHT));

    expect(proof).toMatchObject({ user: { email: ADA }, methods: ['pwd'], factors: 1, subjectEpoch: 1 });
    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
  });

  it('keeps the epoch it has read, even where a credential changes while the hash is verified', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));
    world.afterFind = () => void (world.rows.get(subject) ?? { epoch: 0 }).epoch++;

    expect(proofOf(await signIn(ADA, RIGHT)).subjectEpoch).toBe(1);
    expect(proofOf(await signIn(ADA, RIGHT)).subjectEpoch).toBe(2);
  });

  it('puts no hash on the user it proves', async () => {
    world.addUser(ADA, hashing.of(RIGHT));

    expect(JSON.stringify(proofOf(await signIn(ADA, RIGHT)))).not.toContain('fake');
  });

  it.each([
    ['a wrong password', ADA, 'wrong_password'],
    ['an unknown user', 'nobody@example.com', 'unknown_user'],
    ['a user without a password', 'oauth@example.com', 'no_password'],
    ['a hash that no provider knows', 'legacy@example.com', 'unreadable_hash'],
  ])('[ASVS 6.3.8] refuses %s in the same words', async (_who, email, reason) => {
    world.addUser(ADA, hashing.of(RIGHT));
    world.addUser('oauth@example.com', null);
    world.addUser('legacy@example.com', '$md5$0$1234');

    const refusal = await refusalOf(signIn(email, WRONG));

    expect(refusal).toEqual({ code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed', reason });
  });

  it.each([ADA, 'nobody@example.com', 'oauth@example.com', 'legacy@example.com'])(
    '[ASVS 6.3.8] does one verification at the present cost for %s',
    async (email) => {
      world.addUser(ADA, hashing.of(RIGHT));
      world.addUser('oauth@example.com', null);
      world.addUser('legacy@example.com', '$md5$0$1234');
      const room = passwordWith(hashing);
      await room.prepare?.();
      hashing.work.length = 0;

      await refusalOf(perform(room, 'sign-in', world.context(), { email, password: WRONG }));

      expect(hashing.work).toEqual(['verify at cost 1']);
    },
  );

  it('[ASVS 6.3.8] never accepts the password of the dummy hash', async () => {
    world.addUser('oauth@example.com', null);
    world.addUser('legacy@example.com', '$md5$0$1234');
    hashing.verify = async () => true;

    expect((await refusalOf(signIn('oauth@example.com', RIGHT))).reason).toBe('no_password');
    expect((await refusalOf(signIn('nobody@example.com', RIGHT))).reason).toBe('unknown_user');
    expect((await refusalOf(signIn('legacy@example.com', RIGHT))).reason).toBe('unreadable_hash');
  });

  it('[ASVS 6.2.8] takes a password in either Unicode form, and nothing else as the same', async () => {
    world.addUser(ADA, hashing.of('caf\u00e9 au lait'));

    expect((await signIn(ADA, 'cafe\u0301 au lait')).kind).toBe('proved');
    for (const other of ['Caf\u00e9 au lait', 'caf\u00e9 au lait ', ' caf\u00e9 au lait', 'cafe au lait']) {
      expect((await refusalOf(signIn(ADA, other))).reason).toBe('wrong_password');
    }
  });

  it('accepts a password that is too short or common by now: rules are for new ones', async () => {
    world.addUser(ADA, hashing.of('123456'));

    expect((await signIn(ADA, '123456')).kind).toBe('proved');
  });

  it('[ASVS 11.2.2] replaces a hash with old parameters after the answer, and raises no epoch', async () => {
    const subject = world.addUser(ADA, new FakeHashProvider('fake', 0).of(RIGHT));

    const proof = proofOf(await signIn(ADA, RIGHT));
    expect(proof.subjectEpoch).toBe(1);
    await world.runAfterAnswer();

    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
    expect(world.rows.get(subject)?.epoch).toBe(1);
  });

  it('[ASVS 11.2.2] leaves alone a hash that was replaced in the meantime', async () => {
    const subject = world.addUser(ADA, new FakeHashProvider('fake', 0).of(RIGHT));
    await signIn(ADA, RIGHT);
    const stored = world.rows.get(subject);
    if (stored !== undefined) stored.values = { ...stored.values, passwordHash: hashing.of('a new password') };

    await world.runAfterAnswer();

    expect(world.hashOf(subject)).toBe(hashing.of('a new password'));
  });

  it('[ASVS 11.2.2] signs in even where there is no room for a rehash', async () => {
    world.addUser(ADA, new FakeHashProvider('fake', 0).of(RIGHT));
    const context = world.context();
    context.afterAnswer = () => {
      throw new TooBusy('background');
    };

    const outcome = await perform(passwordWith(hashing), 'sign-in', context, { email: ADA, password: RIGHT });

    expect(outcome.kind).toBe('proved');
  });

  it('hashes nothing anew where the parameters are the present ones', async () => {
    world.addUser(ADA, hashing.of(RIGHT));

    await signIn(ADA, RIGHT);

    expect(world.after).toEqual([]);
  });

  it('hashes nothing anew after a wrong password', async () => {
    world.addUser(ADA, new FakeHashProvider('fake', 0).of(RIGHT));

    await refusalOf(signIn(ADA, WRONG));

    expect(world.after).toEqual([]);
  });

  it('verifies an imported hash and replaces it by one of its own', async () => {
    const imported = new FakeHashProvider('imported');
    const subject = world.addUser(ADA, imported.of(RIGHT));

    expect((await signIn(ADA, RIGHT, { importedHashes: [imported] })).kind).toBe('proved');
    await world.runAfterAnswer();

    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
  });

  it('[ASVS 15.2.2] passes on that the hash queue is full', async () => {
    const hashQueue = new HashQueue({ parallel: 1, maxWaiting: 0 });
    void hashQueue.run(null, () => new Promise(() => undefined));

    await expect(signIn(ADA, RIGHT, { hashQueue })).rejects.toBeInstanceOf(TooBusy);
  });
});

describe('the ways in by password', () => {
  it('are one for a user who has a password, and none for another', async () => {
    world.addUser(ADA, hashing.of(RIGHT));
    world.addUser('oauth@example.com', null);
    const context = world.context();
    const users = await Promise.all(
      [ADA, 'oauth@example.com'].map((email) => context.accounts.findByIdentity('email', email)),
    );

    const { waysIn } = passwordWith(hashing);
    const ways = users.map(async (account) => account && waysIn?.(account.user, context, context.data));

    expect(await Promise.all(ways)).toEqual([1, 0]);
  });
});
