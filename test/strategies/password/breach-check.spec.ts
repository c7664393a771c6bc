import { beforeEach, describe, expect, it } from '@jest/globals';
import { HashQueue } from '../../../lib/hash-providers/index.js';
import type { BreachCheckOptions } from '../../../lib/strategies/password/index.js';
import { FakeHashProvider, insideTransaction } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, refusalOf } from './perform.js';
import { ADA, passwordWith, RIGHT, typed, WRONG } from './setup.js';

const NEW = 'an other password';

let world: FakeWorld;
let hashing: FakeHashProvider;
let asked: string[];

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
  asked = [];
});

/** Answers so, and keeps what it was asked. */
const answering = (answer: boolean | Error, more: Partial<BreachCheckOptions> = {}): BreachCheckOptions => ({
  onFailure: 'allow',
  ...more,
  check: async (password) => {
    if (insideTransaction.getStore()) throw new Error('asking inside a transaction');
    asked.push(password);
    if (answer instanceof Error) throw answer;
    return answer;
  },
});

const roomWith = (breachCheck: BreachCheckOptions, hashQueue = new HashQueue()) =>
  passwordWith(hashing, {
    breachCheck,
    hashQueue,
    resettable: { sender: { send: async () => undefined }, page: '/reset' },
  });

type Set = (breachCheck: BreachCheckOptions, value?: string) => Promise<unknown>;

const setters: readonly [string, Set][] = [
  [
    'register',
    (check, value = NEW) => perform(roomWith(check), 'register', world.context(), { email: ADA, ...typed(value) }),
  ],
  [
    'change',
    (check, value = NEW) => {
      const signedIn = world.addUser(ADA, hashing.of(RIGHT));
      const raw = { currentPassword: RIGHT, ...typed(value) };
      return perform(roomWith(check), 'change', world.context({ signedIn }), raw);
    },
  ],
  [
    'reset',
    async (check, value = NEW) => {
      const subject = world.addUser(ADA, hashing.of(RIGHT));
      const token = await world.resetTokenOf(subject);
      return perform(roomWith(check), 'reset', world.context(), { resetToken: token, ...typed(value) });
    },
  ],
];

const hashes = () => [...world.rows.values()].map(({ values }) => values['passwordHash']);

describe.each(setters)('a new password, in %s,', (_phase, set) => {
  it('[ASVS 6.2.12] is refused where it is known from a breach, and nothing has changed', async () => {
    expect((await refusalOf(set(answering(true)))).reason).toBe('password:breached');

    expect(asked).toEqual([NEW]);
    expect(hashes()).not.toContain(hashing.of(NEW));
    expect(hashing.work).not.toContain('hash');
    expect([...world.tokens.values()].some(({ spent }) => spent)).toBe(false);
  });

  it('[ASVS 6.2.12] is taken where it is known from none', async () => {
    await set(answering(false));

    expect(hashes()).toEqual([hashing.of(NEW)]);
    expect(world.observed).toEqual([]);
  });

  it('[ASVS 6.2.12] is taken where nobody could tell and the app allows that, with an event', async () => {
    await set(answering(new Error(`no answer about ${NEW}`)));

    expect(hashes()).toEqual([hashing.of(NEW)]);
    expect(world.observed).toEqual([
      { name: 'breach-check', outcome: 'error', facts: { reason: 'failed', onFailure: 'allow' } },
    ]);
  });

  it('[ASVS 6.2.12] is an outage where nobody could tell and the app refuses that, and nothing has changed', async () => {
    const refusal = await refusalOf(set(answering(new Error(`no answer about ${NEW}`), { onFailure: 'refuse' })));

    expect(refusal.message).toBe('The breach check failed');
    expect(hashes()).not.toContain(hashing.of(NEW));
    expect(world.observed).toMatchObject([{ outcome: 'error', facts: { reason: 'failed', onFailure: 'refuse' } }]);
  });

  it('[ASVS 6.2.12] waits for the answer as long as the app says, and then tells the check', async () => {
    const signals: AbortSignal[] = [];
    const check = (_password: string, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<boolean>(() => undefined);
    };
    await set({ check, onFailure: 'allow', timeoutSeconds: 0.02 });

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(hashes()).toEqual([hashing.of(NEW)]);
    expect(world.observed).toMatchObject([{ facts: { reason: 'timed_out' } }]);
  });

  it('takes a check that throws at once for one that fails', async () => {
    const check = () => {
      throw new Error(NEW);
    };
    await set({ check, onFailure: 'allow' });

    expect(world.observed).toMatchObject([{ facts: { reason: 'failed' } }]);
  });

  it.each(['short', 'password1', 'I am ADA, hello'])(
    '[ASVS 6.2.12] asks nobody about %s, which is refused here',
    async (bad) => {
      await refusalOf(set(answering(false), bad));

      expect(asked).toEqual([]);
    },
  );
});

describe('the breach check', () => {
  it('is asked about no password that is typed to sign in, nor before the present one was right', async () => {
    const signedIn = world.addUser(ADA, hashing.of(RIGHT));
    const room = roomWith(answering(true));

    await perform(room, 'sign-in', world.context(), { email: ADA, password: RIGHT });
    const raw = { currentPassword: WRONG, ...typed(NEW) };
    await refusalOf(perform(room, 'change', world.context({ signedIn }), raw));
    await refusalOf(perform(room, 'reset', world.context(), { resetToken: 'none', ...typed(NEW) }));

    expect(asked).toEqual([]);
  });

  it('holds no place in the hash queue while it is waited for', async () => {
    const hashQueue = new HashQueue({ parallel: 1, maxWaiting: 0 });
    const check = async () => {
      await hashQueue.run(null, async () => undefined); // would be refused where the one place is taken
      return false;
    };

    await perform(roomWith({ check, onFailure: 'refuse' }, hashQueue), 'register', world.context(), {
      email: ADA,
      ...typed(NEW),
    });

    expect(hashes()).toEqual([hashing.of(NEW)]);
  });
});
