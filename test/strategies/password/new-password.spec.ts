import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, refusalOf } from './perform.js';
import { ADA, passwordWith, resettableWith, RIGHT, typed, WRONG } from './setup.js';

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

/** Every phase that sets a password, from fresh. */
const setters: readonly [string, (raw: Readonly<Record<string, string>>) => Promise<unknown>][] = [
  ['register', (raw) => perform(passwordWith(hashing), 'register', world.context(), { email: ADA, ...raw })],
  [
    'reset',
    async (raw) => {
      const subject = world.addUser(ADA, hashing.of(RIGHT));
      const token = await world.resetTokenOf(subject);
      return perform(resettableWith(hashing), 'reset', world.context(), { resetToken: token, ...raw });
    },
  ],
  [
    'change',
    (raw) => {
      const signedIn = world.addUser(ADA, hashing.of(RIGHT));
      return perform(passwordWith(hashing), 'change', world.context({ signedIn }), { currentPassword: RIGHT, ...raw });
    },
  ],
];

describe.each(setters)('a new password, in %s,', (_phase, set) => {
  it.each([
    ['[ASVS 6.2.1] too short by one', '1234567', 'password:too_short'],
    ['[ASVS 6.2.1] too short in code points, not in bytes', '\u{1f600}'.repeat(7), 'password:too_short'],
    ['[ASVS 6.2.9] too long by one byte', 'x'.repeat(1025), 'password:too_long passwordConfirmation:too_long'],
    ['[ASVS 6.2.4] common', 'password1', 'password:too_common'],
    ['[ASVS 6.2.4] common in another case', 'PassWord1', 'password:too_common'],
    ['[ASVS 6.2.4] a run', '88888888', 'password:too_common'],
    ['[ASVS 6.1.2] [ASVS 6.2.11] made of the address', 'I am ADA, hello', 'password:predictable'],
  ])('is refused when it is %s', async (_what, bad, reason) => {
    const thrown: unknown = await set(typed(bad)).catch((error: unknown) => error);

    expect(thrown).toMatchObject({ code: 'ERR_INVALID_INPUT' });
    if (reason.includes(' ')) return; // the fields refuse it one after the other; the runner collects them
    expect(thrown).toMatchObject({ reason });
  });

  it('is refused, naming the confirmation, when the two differ', async () => {
    const refusal = await refusalOf(set({ ...typed(RIGHT), passwordConfirmation: WRONG }));

    expect(refusal.reason).toBe('passwordConfirmation:mismatch');
  });

  it.each([
    ['[ASVS 6.2.1] of eight characters', 'tqzkvwpx'],
    ['[ASVS 6.2.1] of eight emoji', '\u{1f600}\u{1f984}\u{1f40d}\u{1f335}\u{1f34b}\u{1f3b7}\u{1f6f0}\u{1f9ed}'],
    ['[ASVS 6.2.5] of lower-case words and one emoji', 'quiet green ideas \u{1f634}'],
    ['[ASVS 6.2.9] of 64 characters', 'tqzkvwpx'.repeat(8)],
    ['[ASVS 6.2.9] of 1,024 bytes', 'tqzkvwpx'.repeat(128)],
  ])('is accepted %s', async (_what, good) => {
    await set(typed(good));

    expect([...world.rows.values()].map(({ values }) => values['passwordHash'])).toEqual([hashing.of(good)]);
  });

  it('[ASVS 6.2.8] is hashed in NFC and otherwise as it came', async () => {
    await set({ password: ' cafe\u0301 au lait ', passwordConfirmation: ' caf\u00e9 au lait ' });

    expect([...world.rows.values()].map(({ values }) => values['passwordHash'])).toEqual([
      hashing.of(' caf\u00e9 au lait '),
    ]);
  });
});
