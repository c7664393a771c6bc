import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, phaseOf, proofOf, refusalOf } from './perform.js';
import { ADA, passwordWith, RIGHT, typed, type Options } from './setup.js';

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

const register = (raw: Readonly<Record<string, string>>, options: Options = {}) =>
  perform(passwordWith(hashing, options), 'register', world.context(), { email: ADA, ...typed(RIGHT), ...raw });

describe('registering', () => {
  it('makes an account, stores a hash and signs in', async () => {
    const proof = proofOf(await register({}));

    expect(proof).toMatchObject({ user: { email: ADA, name: null }, methods: ['pwd'], factors: 1, subjectEpoch: 1 });
    expect(world.hashOf(world.context().accounts.subjectOf(proof.user))).toBe(hashing.of(RIGHT));
  });

  it('stores the further fields that it accepts, and no others', async () => {
    const raw = { name: 'Ada', passwordHash: 'forged', id: 'forged' };

    const { user } = proofOf(await register(raw, { accept: ['name'] }));
    expect(user).toEqual({ id: 'u1', email: ADA, name: 'Ada' });
    const { user: other } = proofOf(await register({ ...raw, email: 'eve@example.com' }));
    expect(other).toEqual({ id: 'u2', email: 'eve@example.com', name: null });
  });

  it('[ASVS 6.3.8] hashes once whether the identity is free or taken, and says so in a field', async () => {
    await register({});
    expect(hashing.work).toEqual(['hash']);

    const refusal = await refusalOf(register({}));

    expect(refusal).toMatchObject({ code: 'ERR_INVALID_INPUT', reason: 'email:taken' });
    expect(hashing.work).toEqual(['hash', 'hash']);
    expect(world.rows.size).toBe(1);
  });

  it('[ASVS 6.3.8] counts as a guess at the identity', () => {
    const phase = phaseOf(passwordWith(hashing), 'register');

    expect(phase.guess).toBe('secret');
    expect(phase.identity?.({ email: ADA }, world.context().flows)).toBe(ADA);
  });

  it('is not there when it is closed', async () => {
    expect((await refusalOf(register({}, { registration: 'closed' }))).code).toBe('ERR_NOT_FOUND');
  });

  it('asks for the confirmation', async () => {
    expect((await refusalOf(register({ passwordConfirmation: '' }))).reason).toBe('passwordConfirmation:required');
  });
});
