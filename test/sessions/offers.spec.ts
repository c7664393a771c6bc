import { afterEach, describe, expect, it } from '@jest/globals';
import {
  definePhase,
  Overtaken,
  type AddOn,
  type Phase,
  type Proof,
  type ResourceOptions,
  type Strategy,
  type StrategyContext,
  type Subject,
} from 'nest-auth-plug';
import type { AuthTestApp, Client, Platform } from 'nest-auth-plug/testing';
import { AUTH, isIn, register, roomsApp, type RoomsApp } from '../rooms/rooms-app.js';
import { signInRows } from '../security/visit.js';
import type { User } from '../users.js';

interface Knowing {
  /** What it says of whoever it knows. */
  readonly offer: (ctx: StrategyContext<User>, user: User, subjectEpoch: number) => Proof<User> | null;
}

/** Knows the first user in whichever browser. */
function knowing({ offer }: Knowing): AddOn<User> {
  return {
    name: 'knowing',
    phases: [],
    async loadUser(ctx) {
      const found = await ctx.accounts.findByIdentity('email', 'ada@example.com');
      return found && offer(ctx, found.user, found.subjectEpoch);
    },
  };
}

describe.each<Platform>(['express', 'fastify'])('somebody whom an add-on knows, on %s,', (platform) => {
  let app: RoomsApp;
  afterEach(() => app.close());

  const open = async (offer: Knowing['offer'], strategies: readonly Strategy<User>[] = []): Promise<Client> => {
    app = await roomsApp({ platform, withAllHooks: false, user: { addOns: [knowing({ offer })], strategies } });
    await register(app.client());
    return app.client();
  };
  const plain: Knowing['offer'] = (_, user, subjectEpoch) => ({ user, subjectEpoch, methods: ['rm'], factors: 1 });

  it('is asked for once more where a parallel request was first, and not a third time', async () => {
    let asked = 0;
    const failing =
      (times: number): Knowing['offer'] =>
      (_, user, subjectEpoch) => {
        asked += 1;
        const effect = async () => {
          if (asked <= times) throw new Overtaken();
        };
        return { user, subjectEpoch, methods: ['rm'], factors: 1, effect };
      };

    expect(await isIn(await open(failing(1)))).toBe(true);
    expect(asked).toBe(2);
    await app.close();
    asked = 0;
    const answer = await (await open(failing(2))).get('/in/by-session');
    expect(answer).toMatchObject({ status: 401, setCookies: [] });
    expect(asked).toBe(2);
  });

  it('shares the sign-in of a parallel request only where nothing was shown in that', async () => {
    const subject = async (): Promise<Subject> => {
      const row = await app.data.findOne(app.users.model, { email: 'ada@example.com' });
      return app.service.userToSubject(row ?? {}, 'user');
    };
    let signInId = '';
    const since = new Date(0);
    const browser = await open((_, user, subjectEpoch) => {
      const remembered = { since, ...(signInId !== '' && { signInId }) };
      return { user, subjectEpoch, methods: ['rm'], factors: 1, remembered };
    });
    const [registered] = await signInRows(app);
    signInId = String(registered?.['id']);

    expect(await isIn(browser)).toBe(true); // it is another one than the registered one
    expect(await app.service.listSignIns(await subject())).toHaveLength(2);
    const made = (await signInRows(app)).find(({ remembered }) => remembered === true);
    expect(made).toMatchObject({ authenticatedAt: since, methods: 'rm' });
    signInId = String(made?.['id']);

    const other = app.client();
    expect(await other.get('/in/by-any')).toMatchObject({ status: 200, setCookies: [] });
    expect(await app.service.listSignIns(await subject())).toHaveLength(2);
  });

  it('[ASVS 6.3.3] is asked for the second factor, also by a phase of that factor', async () => {
    const browser = await open((ctx, user, subjectEpoch) =>
      ctx.headers.get('x-known').length > 0 ? { user, subjectEpoch, methods: ['rm'], factors: 1 } : null,
    );
    const owner = app.client();
    await owner.post(`${AUTH}/password/sign-in`, {
      json: { email: 'ada@example.com', password: 'plum tree on the hill' },
    });
    expect(await owner.post(`${AUTH}/second-factor/enrol`, { json: { code: 'right' } })).toMatchObject({ status: 200 });

    const answer = await browser.post(`${AUTH}/second-factor/verify`, {
      json: { code: 'wrong' },
      headers: { 'x-known': 'yes' },
    });

    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
    expect(browser.cookies.has('__Host-user-session')).toBe(false);
  });

  it('stays in for every guard of a request whose own session is dead', async () => {
    const browser = await open(plain);
    await isIn(browser);
    app.clock.advance(3 * 24 * 3600);

    expect(await browser.get('/in/by-two-guards')).toMatchObject({ status: 200 });
  });
});

describe('a sign-in that goes on under new handles', () => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  const renewing = (changes: Partial<Phase<User>>): Strategy<User> => ({
    name: 'renewing',
    phases: [
      {
        ...definePhase<User, Record<never, never>>({
          name: 'renew',
          methods: ['POST', 'GET'],
          fields: {},
          actor: 'user',
          run: () => Promise.resolve({ kind: 'renewed', effect: () => Promise.resolve({ done: true }) }),
        }),
        ...changes,
      },
    ],
  });
  const open = async (changes: Partial<Phase<User>> = {}, user: Partial<ResourceOptions<User>> = {}) => {
    app = await roomsApp({ withAllHooks: false, user: { ...user, strategies: [renewing(changes)] } });
    const browser = app.client();
    await register(browser);
    return browser;
  };

  it('[ASVS 7.2.4] says what it said before, and the old handles are dead', async () => {
    const browser = await open();
    const old = app.client();
    for (const [name, value] of browser.cookies) old.cookies.set(name, value);
    app.clock.advance(60);

    const answer = await browser.post(`${AUTH}/renewing/renew`, { json: {} });

    expect(answer).toMatchObject({ status: 200, body: { done: true, token: expect.any(String) } });
    expect([await isIn(browser), await isIn(old)]).toEqual([true, false]);
    const [before, after] = await signInRows(app);
    expect(before?.['endedAt']).toEqual(app.clock.now());
    const said = ['methods', 'authenticatedAt', 'secondFactorAt', 'expiresAt', 'remembered', 'actor', 'subject'];
    for (const field of said) expect([field, after?.[field]]).toEqual([field, before?.[field]]);
    expect(after?.['handleHash']).not.toBe(before?.['handleHash']);
  });

  it('[ASVS 7.6.2] is a bug where a link that is only followed does it, or somebody who has none', async () => {
    const browser = await open();
    expect(await browser.get(`${AUTH}/renewing/renew`)).toMatchObject({ status: 500, setCookies: [] });
    expect(await isIn(browser)).toBe(true);
    await app.close();

    await open({ actor: 'anyone' });
    expect(await app.client().post(`${AUTH}/renewing/renew`, { json: {} })).toMatchObject({
      status: 500,
      setCookies: [],
    });
  });

  it('is not made where the old one ends meanwhile', async () => {
    const browser = await open({
      async run(ctx) {
        const { signIn } = ctx;
        if (signIn === null) throw new Error('of somebody who is signed in');
        const effect = async (tx: typeof ctx.data) => {
          await ctx.accounts.endSignIns(signIn.subject, 'all', tx);
          return {};
        };
        return { kind: 'renewed', effect };
      },
    });
    expect(await browser.post(`${AUTH}/renewing/renew`, { json: {} })).toMatchObject({ status: 401, setCookies: [] });
    expect(await isIn(browser)).toBe(true); // all of it was rolled back
  });

  it('is refused, and not broken, in its last moment', async () => {
    const browser = await open({}, { sessions: { absoluteLifetimeSeconds: 1000 } });
    app.clock.advance(999.5);

    expect(await browser.post(`${AUTH}/renewing/renew`, { json: {} })).toMatchObject({ status: 401 });
    expect(await isIn(browser)).toBe(true);
  });
});
