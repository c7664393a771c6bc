import { describe, expect, it } from '@jest/globals';
import { HashQueue, password } from 'nest-auth-plug/strategies/password';
import { Outbox, strategyContract, type StrategyCheck, type StrategyContractOptions } from 'nest-auth-plug/testing';
import { link } from '../rooms/link.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { PASSWORD, type User } from '../users.js';
import { ticket, tickets, TICKET, type Fault, type Guest } from './ticket.strategy.js';

const ADA = 'ada@example.com';
const EVE = 'eve@example.com';

function ticketContract(fault: Fault | null, more: Partial<StrategyContractOptions<Guest>> = {}) {
  return strategyContract<Guest>({
    strategy: () => ticket(fault),
    resource: { fields: { isBanned: { kind: 'boolean', nullable: false } } },
    accounts: [{ id: '1', username: 'ada', isBanned: true }],
    prepare: async ({ data }) => void (await data.insert(tickets, { id: TICKET, isUsed: false })),
    phase: 'sign-in',
    input: () => ({ username: 'ada', code: TICKET }),
    oneTime: true,
    alike: [
      { phase: 'sign-in', known: { username: 'ada', code: 'wrong' }, unknown: { username: 'eve', code: 'wrong' } },
    ],
    ...more,
  });
}

/** Of Node's realm, not of jest's: no `instanceof` knows it. */
function messageOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : error;
}

/** The checks that a strategy fails, and why. */
async function failures(checks: readonly StrategyCheck[]): Promise<Readonly<Record<string, unknown>>> {
  const failed: Record<string, unknown> = {};
  for (const check of checks) {
    await check.run().catch((error: unknown) => (failed[check.name] = messageOf(error)));
  }
  return failed;
}

const DOOR = 'signs nobody in whom `maySignIn` refuses';
const ONCE = 'lets one of fifty have a secret that works once';
const ALIKE = 'does the same and answers the same for known and unknown: sign-in';
const SAFE = 'changes nothing on GET and HEAD';

describe('the contract of strategies', () => {
  describe.each(['express', 'fastify'] as const)('on %s', (platform) => {
    it.each(ticketContract(null, { platform }).checks)(
      'is kept by a strategy without a fault: $name',
      async (check) => {
        await expect(check.run()).resolves.toBeUndefined();
      },
    );
  });

  it.each<[Fault, string, RegExp]>([
    ['hands the core a user who may', DOOR, /not as it is stored/],
    ['welcomes whoever may not', DOOR, /answered 200 instead of refusing/],
    ['looks before it takes', ONCE, /of 50 calls with one secret signed in/],
    ['makes an account for each who comes', ONCE, /those who lost made accounts/],
    ['refuses the unknown with another status', ALIKE, /the answers differ/],
    ['refuses the unknown in other words', ALIKE, /the answers differ/],
    ['asks less about the unknown', ALIKE, /asked different things/],
    ['takes the ticket on GET', SAFE, /HEAD \S+ changed something/],
    ['writes a row on GET', SAFE, /HEAD \S+ changed something/],
    ['proves on GET', SAFE, /HEAD \S+ answers 500/],
  ])('refuses one that %s', async (fault, name, words) => {
    expect(await failures(ticketContract(fault).checks)).toEqual({ [name]: expect.stringMatching(words) });
  });

  it('says so where its input signs nobody in', async () => {
    const [first] = ticketContract(null, { input: () => ({ username: 'ada', code: 'wrong' }) }).checks;

    await expect(first?.run()).rejects.toThrow(/`input` does not sign in: 401/);
  });

  it('asks for one winner only where a secret works once', () => {
    expect(ticketContract(null, { oneTime: false }).checks.map(({ name }) => name)).not.toContain(ONCE);
  });
});

describe('the password strategy', () => {
  const wrong = { password: 'a wrong password' };
  const { checks } = strategyContract<User>({
    strategy: () =>
      password({
        identityField: 'email',
        hashProvider: new PlainHash(),
        hashQueue: new HashQueue({ parallel: 64 }), // what hashes nothing needs no turns
        resettable: { sender: new Outbox(), page: '/reset' },
      }),
    resource: { fields: { name: { kind: 'text', nullable: true } } },
    accounts: [{ id: '1', email: ADA, passwordHash: `$plain$${PASSWORD}` }],
    phase: 'sign-in',
    input: () => ({ email: ADA, password: PASSWORD }),
    alike: [
      { phase: 'sign-in', known: { email: ADA, ...wrong }, unknown: { email: EVE, ...wrong } },
      { phase: 'reset-request', known: { email: ADA }, unknown: { email: EVE } },
    ],
  });

  it.each(checks)('keeps the contract: $name', (check) => check.run());
});

describe('a strategy that mails links', () => {
  const outbox = new Outbox();
  const { checks } = strategyContract<User>({
    strategy: () => link(outbox),
    resource: { fields: { email: 'email', name: { kind: 'text', nullable: true } } },
    accounts: [{ id: '1', email: ADA }],
    phase: 'sign-in',
    async input(app) {
      await app.client().post('/auth/user/link/request', { json: { email: ADA } });
      await app.idle();
      return { token: outbox.last(ADA).link?.searchParams.get('token') ?? '' };
    },
    oneTime: true,
    alike: [
      { phase: 'request', known: { email: ADA }, unknown: { email: EVE } },
      { phase: 'sign-in', known: { token: 'made up' }, unknown: { token: 'too' } },
    ],
  });

  it.each(checks)('keeps the contract: $name', (check) => check.run());
});
