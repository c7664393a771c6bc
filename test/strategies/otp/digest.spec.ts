import { expect, it } from '@jest/globals';
import { InvalidToken, type Flow, type StrategyContext, type TokenAbout } from 'nest-auth-plug';
import { OtpActions } from '../../../lib/strategies/otp/otp.actions.js';
import { resolveOtpOptions } from '../../../lib/strategies/otp/otp.options.js';
import { ADA, type Addressee } from '../../rooms/mailed-app.js';

const generator = { generate: () => 'PEAR', normalise: (typed: string) => typed };
const actions = new OtpActions<Addressee>(resolveOtpOptions({ sender: { send: async () => undefined }, generator }));

/** A flow as the room starts it, with a key that it was given. */
const flowWith = (key: string, id = 'flow'): Flow => {
  return { id, kind: 'code', handle: 'sealed', data: { address: ADA, key }, expiresAt: new Date() };
};

/** One account, and the one token that was issued last. */
function world(subject = 'user?id=ada') {
  const user: Addressee = { id: 'ada', email: ADA, name: null };
  const account = { user, subject, subjectEpoch: 0, secrets: {}, confirmed: new Set() };
  let held: TokenAbout | null = null;
  const context = (flow: Flow | null) =>
    ({
      accounts: { findByIdentity: async () => account },
      data: { transaction: async (work: (tx: object) => unknown) => work({}) },
      flows: { read: async () => flow },
      limits: { count: async () => undefined },
      links: { to: () => new URL('https://app.example') },
      tokens: {
        issue: async (_: string, about: TokenAbout) => ({ token: 'x', id: String((held = about).id) }),
        find: async (_: string, id: string) => (held?.id === id ? held : null),
      },
      send: () => undefined,
    }) as unknown as StrategyContext<Addressee>; // what a code needs of it
  return { context, digest: () => held?.data?.['digest'] };
}

const refusalOf = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

it('[ASVS 6.5.2] a code is kept as a digest under a key that the flow alone has', async () => {
  const { context, digest } = world();
  await actions.send(context(null), flowWith('one key'));
  const first = digest();

  expect(await refusalOf(actions.signIn(context(flowWith('one key')), 'PEAR', undefined))).toBeNull();
  expect(await refusalOf(actions.signIn(context(flowWith('another')), 'PEAR', undefined))).toBeInstanceOf(InvalidToken);
  await actions.send(context(null), flowWith('another'));
  expect(digest()).not.toBe(first);
  expect(String(first)).toMatch(/^[\w-]{43}$/);
});

it('[ASVS 6.5.2] [ASVS 6.6.2] a digest is of one flow and one account', async () => {
  const digestOf = async (subject: string, id: string) => {
    const { context, digest } = world(subject);
    await actions.send(context(null), flowWith('one key', id));
    return digest();
  };
  const digests = [
    await digestOf('user?id=ada', 'flow'),
    await digestOf('user?id=ada', 'other'),
    await digestOf('user?id=bob', 'flow'),
  ];

  expect(new Set(digests).size).toBe(3);
  expect(await digestOf('user?id=ada', 'flow')).toBe(digests[0]);
});

it('[ASVS 6.5.4] a flow has a key of 256 random bits', async () => {
  const keys: unknown[] = [];
  const start = async (_: string, { key }: { readonly key?: unknown }) => keys.push(key);
  const ctx = { flows: { start } } as unknown as StrategyContext<Addressee>; // all that begins with it
  for (let count = 0; count < 20; count += 1) await actions.begin(ctx, ADA);

  expect(new Set(keys).size).toBe(20);
  for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/);
});
