import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, phaseOf, refusalOf } from './perform.js';
import { ADA, factsOf, passwordWith, RIGHT, typed, WRONG, type Options } from './setup.js';

const sender = { send: async () => undefined };
const CONFIRMING = {
  name: 'confirming',
  phases: [],
  columns: { emailConfirmedAt: { type: 'time', private: false, nullable: true, kind: 'time' } },
  confirms: { email: 'emailConfirmedAt' },
} as const;

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

const room = (options: Options = {}) =>
  passwordWith(hashing, { registration: 'confirm-first', attemptSender: sender, accept: ['name'], ...options });
const register = (raw: object = {}) =>
  perform(room(), 'register', world.context(), { email: ADA, ...typed(RIGHT), ...raw });

/** Somebody whose password is right, and whose address is confirmed or is not. */
function addAda(isConfirmed: boolean, more: object = {}): void {
  const subject = world.addUser(ADA, hashing.of(RIGHT));
  const row = world.rows.get(subject);
  if (row !== undefined) Object.assign(row.values, { emailConfirmedAt: isConfirmed ? world.now : null, ...more });
}

describe('registering where addresses are confirmed first', () => {
  it('[ASVS 6.3.8] hashes and answers before anything is looked up or made, whatever the address is', async () => {
    addAda(true);
    let lookUps = 0;
    world.afterFind = () => void (lookUps += 1);

    expect(await register()).toEqual({ kind: 'done' });
    expect(await register({ email: 'bea@example.com' })).toEqual({ kind: 'done' });

    expect([hashing.work, lookUps, world.rows.size, world.after.length]).toEqual([['hash', 'hash'], 0, 1, 2]);
  });

  it('makes the account after the answer, with what it accepts', async () => {
    await register({ name: 'Ada' });
    await world.runAfterAnswer();

    expect([...world.rows.values()]).toMatchObject([
      { values: { email: ADA, name: 'Ada', passwordHash: hashing.of(RIGHT) } },
    ]);
    expect(world.sent).toEqual([]);
  });

  it('tells the owner of a taken address, and changes nothing there', async () => {
    addAda(true);
    await register({ password: WRONG, passwordConfirmation: WRONG });
    await world.runAfterAnswer();

    expect(world.sent).toMatchObject([{ purpose: 'registration-attempt', to: ADA, user: { email: ADA } }]);
    expect([...world.rows.values()]).toMatchObject([{ values: { passwordHash: hashing.of(RIGHT) } }]);
  });

  it('counts as a message to the address', () => {
    expect(phaseOf(room(), 'register').guess).toBe('message');
    expect(phaseOf(room(), 'register').identity?.({ email: ADA }, world.context().flows)).toBe(ADA);
  });

  it('refuses a password as ever, and keeps nothing for after the answer', async () => {
    expect((await refusalOf(register({ passwordConfirmation: WRONG }))).reason).toBe('passwordConfirmation:mismatch');
    expect((await refusalOf(register(typed('password1')))).reason).toBe('password:too_common');
    expect(world.after).toEqual([]);
  });

  it('has a sender of its own', () => {
    expect(room().senders).toEqual({ 'registration-attempt': sender });
  });
});

describe('a password whose address is not confirmed', () => {
  const credentials = { email: ADA, password: RIGHT };
  const sixth = { email: ADA, currentPassword: RIGHT, ...typed(WRONG) };

  it('[ASVS 6.3.8] signs nobody in, after the same work as a wrong one', async () => {
    addAda(false);
    const right = await refusalOf(perform(room(), 'sign-in', world.context(), credentials));
    const wrong = await refusalOf(perform(room(), 'sign-in', world.context(), { ...credentials, password: WRONG }));

    expect([right.code, right.message]).toEqual([wrong.code, wrong.message]);
    expect([right.reason, wrong.reason]).toEqual(['unconfirmed', 'wrong_password']);
    expect(hashing.work).toEqual(['verify at cost 1', 'verify at cost 1']);
  });

  it('is not replaced either, nor told to be', async () => {
    addAda(false, { passwordMustChange: true });
    const options = { mustChange: true };

    for (const [phase, raw] of [
      ['sign-in', credentials],
      ['replace', sixth],
    ] as const)
      expect(await refusalOf(perform(room(options), phase, world.context(), raw))).toMatchObject({
        reason: 'unconfirmed',
      });
  });

  it('redeems no sign-in token from before', async () => {
    addAda(true);
    const options = { signInTokens: {} };
    const issued = await perform(room(options), 'issue-sign-in-token', world.context(), credentials);
    const token = issued.kind === 'done' ? issued.result?.['token'] : undefined;
    const [row] = world.rows.values();
    Object.assign(row?.values ?? {}, { emailConfirmedAt: null });

    const refusal = await refusalOf(perform(room(options), 'sign-in-with-token', world.context(), { token }));

    expect(refusal.reason).toBe('unconfirmed');
  });

  it.each(['immediate', 'closed'] as const)('signs in where registration is %s', async (registration) => {
    addAda(false);

    const outcome = await perform(
      room({ registration, attemptSender: undefined }),
      'sign-in',
      world.context(),
      credentials,
    );

    expect(outcome.kind).toBe('proved');
  });
});

describe('at boot, confirm-first', () => {
  const problemsOf = async (more: Parameters<typeof factsOf>[1], options: Options = {}) => {
    const strategy = room(options);
    return (await strategy.check?.(factsOf(strategy, { fields: { name: 'text' }, ...more })))?.map(
      ({ where, wrong }) => `${where.replace('resources.user.strategies.password.', '')}: ${wrong}`,
    );
  };
  const addOns = [CONFIRMING];

  it('finds nothing wrong where an add-on confirms the identity', async () => {
    expect(await problemsOf({ addOns })).toEqual([]);
  });

  it('asks for an add-on that confirms the identity', async () => {
    expect(await problemsOf({})).toEqual([`registration: is 'confirm-first', and no add-on confirms "email"`]);
  });

  it('accepts nothing that somebody would have to be told about', async () => {
    const wanted = { name: { kind: 'text', nullable: false } } as const;
    expect(await problemsOf({ addOns, fields: wanted })).toEqual([
      expect.stringMatching(/^accept: "name" may not be null/),
    ]);

    const strategy = room();
    const other = {
      name: 'other',
      phases: [],
      columns: { name: { type: 'text', private: false, unique: true } },
    } as const;
    const facts = factsOf(strategy, { addOns, strategies: [strategy, other] });
    expect(await strategy.check?.(facts)).toMatchObject([
      { wrong: expect.stringMatching(/"name" is one account's alone/) },
    ]);
  });

  it.each<Options>([{ attemptSender: undefined }, { registration: 'immediate' }, { registration: 'closed' }])(
    'has a sender for attempts, and nobody else has: %j is refused at the call',
    (options) => {
      expect(() => room(options)).toThrow(RangeError);
    },
  );
});
