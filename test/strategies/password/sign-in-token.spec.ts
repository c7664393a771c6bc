import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, phaseOf, proofOf, refusalOf } from './perform.js';
import { ADA, passwordWith, resettableWith, RIGHT, typed, WRONG } from './setup.js';

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

const room = () => passwordWith(hashing, { signInTokens: {} });
const issue = async (typedPassword: string) => {
  const raw = { email: ADA, password: typedPassword };
  const outcome = await perform(room(), 'issue-sign-in-token', world.context(), raw);
  return outcome.kind === 'done' ? outcome.result : undefined;
};
const redeem = (token: unknown) => perform(room(), 'sign-in-with-token', world.context(), { token });

describe('a sign-in token', () => {
  it('is given for the right password, signs nobody in by itself, and signs in once', async () => {
    world.addUser(ADA, hashing.of(RIGHT));

    const result = await issue(RIGHT);
    expect(result).toMatchObject({ lifetimeSeconds: 60 });
    const proof = proofOf(await redeem(result?.['token']));

    expect(proof).toMatchObject({ user: { email: ADA }, methods: ['pwd'], factors: 1, subjectEpoch: 1 });
    expect((await refusalOf(redeem(result?.['token']))).code).toBe('ERR_INVALID_TOKEN');
  });

  it('is not given for a wrong password', async () => {
    world.addUser(ADA, hashing.of(RIGHT));

    expect((await refusalOf(issue(WRONG))).code).toBe('ERR_AUTHENTICATION_FAILED');
    expect(world.tokens.size).toBe(0);
  });

  it('lives for 60 seconds', async () => {
    world.addUser(ADA, hashing.of(RIGHT));
    const result = await issue(RIGHT);
    world.now = new Date(world.now.getTime() + 60_000);

    expect((await refusalOf(redeem(result?.['token']))).code).toBe('ERR_INVALID_TOKEN');
  });

  it('dies with the account, and with any change of a credential', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));
    const first = await issue(RIGHT);
    await perform(passwordWith(hashing), 'change', world.context({ signedIn: subject }), {
      currentPassword: RIGHT,
      ...typed('an other password'),
    });
    expect((await refusalOf(redeem(first?.['token']))).code).toBe('ERR_INVALID_TOKEN');

    const second = await issue('an other password');
    world.rows.delete(subject);
    expect((await refusalOf(redeem(second?.['token']))).code).toBe('ERR_INVALID_TOKEN');
  });

  it('sets no new password', async () => {
    world.addUser(ADA, hashing.of(RIGHT));
    const result = await issue(RIGHT);
    const raw = { resetToken: result?.['token'], ...typed('an other password') };

    expect((await refusalOf(perform(resettableWith(hashing), 'reset', world.context(), raw))).code).toBe(
      'ERR_INVALID_TOKEN',
    );
  });

  it('is asked for by code alone, unless the app opens the route', () => {
    expect(room().routes).toEqual({ 'issue-sign-in-token': { enabled: false } });
    const open = passwordWith(hashing, { signInTokens: {}, routes: { 'issue-sign-in-token': { enabled: true } } });
    expect(open.routes).toEqual({ 'issue-sign-in-token': { enabled: true } });
    const moved = passwordWith(hashing, { signInTokens: {}, routes: { 'issue-sign-in-token': { path: 'token' } } });
    expect(moved.routes).toEqual({ 'issue-sign-in-token': { path: 'token', enabled: false } });
    expect(phaseOf(room(), 'sign-in-with-token').methods).toEqual(['POST']);
  });

  it('is no phase unless it is turned on', () => {
    expect(passwordWith(hashing).purposes).toEqual([]);
    expect(room().purposes).toEqual(['sign-in']);
  });
});
