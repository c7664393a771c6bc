import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Sender } from 'nest-auth-plug';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { confirming } from '../rooms/confirming.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../users.js';
import { compareWork, expectAlike, noteAnswers, recording, type Work } from './recording.js';
import { ADA, NO_LIMITS, register, signIn, tokenIn, visit, type Visit, type VisitOptions } from './visit.js';

const MANY_ROUNDS = 200;
const WRONG = 'not the right password';
const AUTH = '/auth/user/password';
const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };

class RecordingHashProvider extends FakeHashProvider {
  constructor(private readonly all: Work) {
    super();
  }

  override hash(password: string): Promise<string> {
    this.all.push('hash');
    return super.hash(password);
  }

  override verify(password: string, hash: string): Promise<boolean> {
    this.all.push(`verify at cost ${hash.split('$')[2] ?? ''}`);
    return super.verify(password, hash);
  }
}

describe.each<Platform>(['express', 'fastify'])('the work for a request on %s', (platform) => {
  let app: AuthTestApp;
  let work: Work;
  afterEach(() => app.close());

  /** An app whose every call to the store and the hasher is written down, and the moment of the answer. */
  async function arrive(options: VisitOptions = {}): Promise<Visit> {
    work = [];
    const sender: Sender = { send: () => (work.push('send'), Promise.resolve()) };
    const visited = await visit(platform, {
      ...options,
      resource: { limits: NO_LIMITS, ...options.resource },
      password: {
        hashProvider: new RecordingHashProvider(work),
        resettable: { sender, page: '/reset' },
        signInTokens: {},
        ...options.password,
      },
      app: { dataLayer: recording(memoryDataLayer(), work) },
    });
    ({ app } = visited);
    noteAnswers(app, work);
    return visited;
  }

  const compare = (kinds: Parameters<typeof compareWork>[2], rounds?: number) => compareWork(app, work, kinds, rounds);

  function arriveConfirmingFirst(): Promise<Visit> {
    const attemptSender: Sender = { send: () => Promise.resolve() };
    const password = { registration: 'confirm-first', attemptSender } as const;
    return arrive({ resource: { addOns: [confirming()] }, password });
  }

  async function withAccounts(visited: Visit): Promise<void> {
    await register(app.client());
    const gone = (await register(app.client(), 'disabled@example.com')).body as { user: object };
    await app.service.disable(app.service.userToSubject(gone.user));
    await app.data.insert(visited.users.model, { id: 'o', email: 'oauth@example.com', name: 'O', passwordHash: null });
  }

  it('[ASVS 6.3.8] is the same sequence for a wrong password, whatever the account is, at 200 of an account and 200 of none', async () => {
    await withAccounts(await arrive());
    const browser = app.client();
    const wrong = (email: string) => () => signIn(browser, WRONG, email);
    const unknown = (round: number) => signIn(browser, WRONG, `nobody-${round}@example.com`);

    const many = await compare({ known: wrong(ADA), unknown }, MANY_ROUNDS);
    const others = await compare({ disabled: wrong('disabled@example.com'), none: wrong('oauth@example.com') });

    expectAlike([...many, ...others], 1);
  }, 60_000);

  it('[ASVS 6.3.8] is the same sequence until the answer to whoever asks for a link, with an account and without', async () => {
    await withAccounts(await arrive());
    const browser = app.client();
    const ask = (email: string) => browser.post(`${AUTH}/reset-request`, { json: { email } });

    const ways = await compare({
      known: () => ask(ADA),
      unknown: (round) => ask(`nobody-${round}@example.com`),
      disabled: () => ask('disabled@example.com'),
    });

    expectAlike(ways, 0);
    expect(ways[0]?.[0]).not.toMatch(/users|tokens|send/);
  });

  it('[ASVS 6.3.8] is the same sequence for the registration of a taken address and of a free one, up to its own row', async () => {
    await arrive();
    await register(app.client());
    const upToRow = (ways: readonly string[]) =>
      new Set(ways.map((way) => way.replace(/^(insert users .*)[^]*/m, '$1')));

    const [taken = [], free = []] = await compare({
      taken: () => register(app.client()),
      free: (round) => register(app.client(), `new-${round}@example.com`),
    });

    expect(upToRow(taken)).toEqual(upToRow(free));
    expect([...upToRow(free)].join()).toMatch(/^hash$[^]*^insert users/m);
  });

  it('[ASVS 6.3.8] is the same sequence for the registration of a taken address and of a free one that are confirmed first', async () => {
    await arriveConfirmingFirst();
    await register(app.client());
    await app.idle();

    const ways = await compare({
      taken: () => register(app.client()),
      free: (round) => register(app.client(), `new-${round}@example.com`),
    });

    expectAlike(ways, 1);
    expect(ways[0]?.[0]).not.toMatch(/users|tokens|send/);
  });

  it('[ASVS 6.3.8] is the same sequence for the right password of an address that is not confirmed, and for a wrong one', async () => {
    await arriveConfirmingFirst();
    await register(app.client());
    await app.idle();
    const browser = app.client();

    const ways = await compare({
      unconfirmed: () => signIn(browser),
      wrong: () => signIn(browser, WRONG),
      unknown: (round) => signIn(browser, WRONG, `nobody-${round}@example.com`),
    });

    expectAlike(ways, 1);
  });

  it('[ASVS 6.3.8] is none where registration is closed, whoever it is for', async () => {
    const { users, hasher } = await arrive({ password: { registration: 'closed' } });
    await app.data.insert(users.model, { id: 'a', email: ADA, name: 'Ada', passwordHash: hasher.of(PASSWORD) });

    const ways = await compare({
      known: () => register(app.client()),
      unknown: (round) => register(app.client(), `nobody-${round}@example.com`),
    });

    expect(ways).toEqual([[''], ['']]);
  });

  it('[ASVS 6.3.8] is the same sequence for made-up and for forged tokens of either kind, and hashes nothing', async () => {
    await arrive();
    await register(app.client());
    const spent = await app.service.perform(['password', 'issue-sign-in-token'], { email: ADA, password: PASSWORD });
    const token = String(spent.result?.['token']);
    const redeem = (value: string) => app.client().post(`${AUTH}/sign-in-with-token`, { json: { token: value } });
    const reset = (value: string) => app.client().post(`${AUTH}/reset`, { json: { resetToken: value, ...typed } });
    expect(await redeem(token)).toMatchObject({ status: 200 });

    const forged = (round: number) => `${token.slice(0, -8)}${String(round).padStart(8, 'A')}`;
    for (const send of [redeem, reset]) {
      const ways = await compare({ made: (round) => send(`made-up-${round}`), forged: (round) => send(forged(round)) });
      expectAlike(ways, 0);
      expect(ways[0]?.[0]).not.toMatch(/users|subjects|tokens/);
    }
  });

  it('[ASVS 6.3.8] is the same sequence for a wrong present password and for an account that has none', async () => {
    const { users } = await arrive();
    const { user } = (await register(app.client(), 'without@example.com')).body as { user: { id: string } };
    const ada = tokenIn(await register(app.client()));
    const other = tokenIn(await signIn(app.client(), PASSWORD, 'without@example.com'));
    await app.data.update(users.model, { id: user.id }, { passwordHash: null });
    const change = (token: string) =>
      app.client().post(`${AUTH}/change`, {
        json: { currentPassword: WRONG, ...typed },
        headers: { authorization: `Bearer ${token}` },
      });

    const ways = await compare({ wrong: () => change(ada), without: () => change(other) });

    expectAlike(ways, 1);
  });
});
