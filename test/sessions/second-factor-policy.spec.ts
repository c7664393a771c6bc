import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthenticationFailed, definePhase, type AddOn, type SecondFactorPolicy, type Strategy } from 'nest-auth-plug';
import type { Client, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import {
  ADA,
  AUTH,
  CODE,
  enrol,
  isIn,
  liveRows,
  register,
  roomsApp,
  SESSION,
  signIn,
  subjectOf,
  textIn,
  type RoomsApp,
  type RoomsAppOptions,
} from '../rooms/rooms-app.js';
import type { User } from '../users.js';

const PENDING = '__Host-user-flow-session-pending';
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Asks for the factor of somebody who has one. */
const asksForFactor = {
  status: 401,
  body: { code: 'ERR_SECOND_FACTOR_REQUIRED', factors: [{ strategy: 'second-factor' }], enrolments: [] },
};
/** Lets somebody enrol one, and do nothing else. */
const asksForEnrolment = {
  status: 401,
  body: {
    code: 'ERR_SECOND_FACTOR_REQUIRED',
    factors: [],
    enrolments: [{ strategy: 'second-factor', phase: 'enrol' }],
  },
};

describe.each<Platform>(['express', 'fastify'])('on %s', (platform) => {
  let app: RoomsApp;
  afterEach(() => app.close());

  async function boot(user: NonNullable<RoomsAppOptions['user']>): Promise<void> {
    app = await roomsApp({ platform, withAllHooks: false, user });
  }
  const enrolBy = (browser: Client, more: object = {}) =>
    browser.post(`${AUTH}/second-factor/enrol`, { json: { code: CODE, ...more } });
  const codeBy = (browser: Client, more: object = {}) =>
    browser.post(`${AUTH}/second-factor/sign-in`, { json: { code: CODE, ...more } });
  const elsewhere = () => app.client();

  /** Each way in, by somebody who is registered. */
  const ways: Readonly<Record<string, () => Promise<ClientAnswer | Record<string, unknown>>>> = {
    'a password': () => signIn(elsewhere()),
    'a mailed link': async () => {
      await elsewhere().post(`${AUTH}/link/request`, { json: { email: ADA } });
      await app.idle();
      const token = app.outbox.last(ADA).link?.searchParams.get('token');
      return elsewhere().post(`${AUTH}/link/sign-in`, { json: { token } });
    },
    'a provider': async () => {
      const browser = elsewhere();
      const away = await browser.get(`${AUTH}/provider`);
      const state = new URL(away.headers.get('location') ?? '').searchParams.get('state') ?? '';
      return browser.get(`${AUTH}/provider/callback?${new URLSearchParams({ state, code: ADA }).toString()}`);
    },
    'the word of the app': async () => {
      const user = await app.service.subjectToUser<User>(await subjectOf(app));
      const refusal: unknown = await app.service.signIn(user ?? {}, { methods: ['sso'], subjectName: 'user' }).then(
        () => ({ status: 200 }),
        (reason: unknown) => reason,
      );
      return { status: 401, body: refusal };
    },
    'a sign-in token': async () => {
      const json = { email: ADA, password: 'plum tree on the hill' };
      const issued = await elsewhere().post(`${AUTH}/password/issue-sign-in-token`, { json });
      return elsewhere().post(`${AUTH}/password/sign-in-with-token`, { json: { token: textIn(issued, 'token') } });
    },
  };

  describe('a resource that requires second factors', () => {
    const REQUIRED = { secondFactor: 'required' } as const;

    it('[ASVS 6.3.3] lets whoever registers enrol one and be in by that, and do nothing before', async () => {
      await boot(REQUIRED);
      const browser = app.client();

      expect(await register(browser)).toMatchObject(asksForEnrolment);
      expect(browser.cookies.has(SESSION)).toBe(false);
      expect(await liveRows(app)).toEqual([]);
      expect(await enrolBy(browser)).toMatchObject({ status: 200, body: { user: { email: ADA } } });

      expect(await isIn(browser)).toBe(true);
      expect(browser.cookies.has(PENDING)).toBe(false);
      expect(await liveRows(app)).toMatchObject([{ methods: 'pwd otp mfa', secondFactorAt: app.clock.now() }]);
    });

    it('takes the enrolment of a client without cookies, by the flow that it was given', async () => {
      await boot(REQUIRED);
      const flow = textIn(await register(app.client()), 'flow');

      expect(await enrolBy(app.client())).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
      expect(await enrolBy(app.client(), { flow })).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    });

    it.each(Object.keys(ways))('[ASVS 6.3.4] lets nobody in by %s alone, with a factor or without', async (way) => {
      await boot(REQUIRED);
      await register(app.client());
      expect(await ways[way]?.()).toMatchObject(asksForEnrolment);

      await signedInOnce();

      expect(await ways[way]?.()).toMatchObject(asksForFactor);
      expect(await liveRows(app)).toHaveLength(1);
    });

    it('asks the one who has a factor for that, and lets nobody enrol another instead', async () => {
      await boot(REQUIRED);
      await signedInOnce();
      const thief = app.client();
      expect(await signIn(thief)).toMatchObject(asksForFactor);
      const flow = thief.cookies.get(PENDING);

      expect(await enrolBy(thief, { code: 'of the thief' })).toMatchObject({ status: 401 });
      expect(await enrolBy(app.client(), { code: 'of the thief', flow })).toMatchObject({ status: 401 });

      expect(await codeBy(thief)).toMatchObject({ status: 200 });
    });

    it('opens nothing with the step of an enrolment but the enrolment', async () => {
      await boot(REQUIRED);
      const browser = app.client();
      const flow = textIn(await register(browser), 'flow');

      for (const phase of ['second-factor/sign-in', 'second-factor/verify', 'header-key/create', 'password/change']) {
        const json = { code: CODE, flow, currentPassword: 'x', password: 'x', passwordConfirmation: 'x' };
        expect(await browser.post(`${AUTH}/${phase}`, { json })).toMatchObject({ status: 401, setCookies: [] });
      }
      expect(await browser.get('/in/by-any')).toMatchObject({ status: 401 });
    });

    it('voids the other steps of an enrolment once one has enrolled', async () => {
      await boot(REQUIRED);
      const [owner, thief] = [app.client(), app.client()];
      await register(owner);
      expect(await signIn(thief)).toMatchObject(asksForEnrolment);

      await enrolBy(owner);

      expect(await enrolBy(thief, { code: 'of the thief' })).toMatchObject({ status: 401 });
      expect(await isIn(thief)).toBe(false);
      await signIn(thief);
      expect(await codeBy(thief, { code: 'of the thief' })).toMatchObject({ status: 401 });
    });

    it('[ASVS 6.5.1] makes one sign-in of one step, of fifty that enrol by it at once', async () => {
      await boot(REQUIRED);
      const flow = textIn(await register(app.client()), 'flow');

      const answers = await Promise.all(Array.from({ length: 50 }, () => enrolBy(app.client(), { flow })));

      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await liveRows(app)).toHaveLength(1);
    });

    it.each([
      ['ten minutes pass', async () => app.clock.advance(601)],
      ['everything of theirs is ended', async () => app.service.endSignIns(await subjectOf(app))],
      ['they are disabled', async () => app.service.disable(await subjectOf(app))],
    ])('enrols nothing when %s after the first step', async (_, meanwhile) => {
      await boot(REQUIRED);
      const browser = app.client();
      await register(browser);

      await meanwhile();

      expect(await enrolBy(browser)).toMatchObject({ status: 401 });
      expect(await liveRows(app)).toEqual([]);
    });

    it('signs nobody in by an enrolment that enrolled nothing', async () => {
      await boot({ ...REQUIRED, strategies: [empty()] });
      const browser = app.client();
      expect(await register(browser)).toMatchObject({
        body: { enrolments: [{ strategy: 'second-factor' }, { strategy: 'empty', phase: 'enrol' }] },
      });

      expect(await browser.post(`${AUTH}/empty/enrol`, { json: {} })).toMatchObject({ status: 401 });

      expect(await liveRows(app)).toEqual([]);
    });

    it('takes two factors at once for enough, whatever is enrolled', async () => {
      await boot(REQUIRED);
      await register(app.client());
      const user = await app.service.subjectToUser<User>(await subjectOf(app));
      const both = { methods: ['hwk'], factors: 2, subjectName: 'user' } as const;

      expect(await app.service.signIn(user ?? {}, both)).toMatchObject({ secondFactorAt: app.clock.now() });
    });

    it('lets no browser enrol that is merely known, and not whoever acts for somebody', async () => {
      let policy: SecondFactorPolicy = 'optional';
      await boot({ secondFactor: () => policy, addOns: [knowingBrowsers()], strategies: [impersonation()] });
      await register(app.client());
      const browser = app.client();
      browser.cookies.set(KNOWN, 'yes');
      expect(await browser.get('/in/by-session')).toMatchObject({ status: 200 });
      browser.cookies.delete(SESSION);
      policy = 'required';

      expect(await browser.get('/in/by-session')).toMatchObject({ status: 401, setCookies: [] });
      const acting = await app.client().post(`${AUTH}/impersonation/act`, { json: {} });
      expect(acting).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' }, setCookies: [] });

      expect(await signIn(browser)).toMatchObject(asksForEnrolment);
    });

    it('goes by the flow that somebody sends, in a browser where another is signed in', async () => {
      await boot(REQUIRED);
      const browser = app.client();
      await register(browser, 'bea@example.com');
      await enrolBy(browser, { code: 'of bea' });
      const flow = textIn(await register(app.client()), 'flow');

      expect(await enrolBy(browser, { flow })).toMatchObject({ status: 200, body: { user: { email: ADA } } });

      expect(await codeBy(browser, { code: 'of bea' })).toMatchObject({ status: 401 });
      expect(await signIn(app.client(), { email: 'bea@example.com' })).toMatchObject(asksForFactor);
    });

    it('lets sign-ins live for a day, and an hour without a request', async () => {
      await boot(REQUIRED);
      const browser = await signedInOnce();
      for (let minutes = 0; minutes < 24 * 60 - 50; minutes += 50) {
        app.clock.advance(50 * 60);
        expect(await isIn(browser)).toBe(true);
      }
      app.clock.advance(50 * 60);
      expect(await isIn(browser)).toBe(false);

      await signIn(browser);
      await codeBy(browser);
      expect(await isIn(browser)).toBe(true);
      app.clock.advance(HOUR + 1);
      expect(await isIn(browser)).toBe(false);
    });
  });

  describe('a resource where second factors are optional', () => {
    it('asks whoever has enrolled one, and nobody else, for it, and is so by default', async () => {
      await boot({});
      const browser = app.client();
      expect(await register(browser)).toMatchObject({ status: 200 });
      expect(await signIn(app.client())).toMatchObject({ status: 200 });

      await enrol(browser);

      expect(await signIn(app.client())).toMatchObject(asksForFactor);
      app.clock.advance(DAY);
      expect(await isIn(browser)).toBe(true);
    });
  });

  describe('a resource without second factors', () => {
    it('asks nobody for one, not even whoever has enrolled one', async () => {
      await boot({ secondFactor: 'off' });
      const browser = app.client();
      await register(browser);
      await enrol(browser);

      expect(await signIn(app.client())).toMatchObject({ status: 200 });
    });
  });

  it.each<[RoomsAppOptions['user'] & object, string]>([
    [{}, 'second factor optional, by second-factor;'],
    [{ secondFactor: 'required' }, 'second factor required, by second-factor;'],
    [{ secondFactor: 'off' }, 'second factor off;'],
    [{ secondFactor: () => 'off' }, 'second factor as a function says of each user, by second-factor;'],
  ])('[ASVS 6.1.3] is said at the start: of %j that it is "%s"', async (user, said) => {
    await boot(user);

    const [line = ''] = app.logged.filter((one) => one.includes('"user" signs in by'));
    expect(line).toContain(said);
    expect(line).toContain('password (');
  });

  describe('a policy that is a function', () => {
    it('is asked of each user', async () => {
      await boot({ secondFactor: ({ email }) => (email === ADA ? 'required' : 'optional') });

      expect(await register(app.client(), 'bea@example.com')).toMatchObject({ status: 200 });
      expect(await register(app.client())).toMatchObject(asksForEnrolment);
    });

    it.each([
      [
        'throws',
        () => {
          throw new Error('no policy');
        },
      ],
      ['answers what is none', () => 'sometimes' as never],
      ['answers nothing', () => undefined as never],
      ['answers a promise', () => Promise.resolve('off') as never],
    ])('lets nobody in where it %s', async (_, secondFactor) => {
      await boot({ secondFactor });

      expect(await register(app.client())).toMatchObject({ status: 503, setCookies: [] });

      expect(await liveRows(app)).toEqual([]);
    });
  });

  /** Somebody who has registered, enrolled and is in. */
  async function signedInOnce(): Promise<Client> {
    const browser = app.client();
    const registered = await register(browser);
    if (registered.status === 422) await signIn(browser);
    await enrolBy(browser);
    return browser;
  }
});

/** Says that it enrols, and does not. */
function empty(): Strategy<User> {
  const phase = definePhase<User, Record<never, never>>({
    name: 'enrol',
    methods: ['POST'],
    fields: {},
    actor: 'fresh-user',
    enrols: true,
    async run({ accounts, pending }) {
      const account = pending === null ? null : await accounts.find(pending.subject);
      if (account === null) throw new AuthenticationFailed('unknown_user');
      const { user, subjectEpoch } = account;
      return { kind: 'proved', proof: { user, subjectEpoch, methods: ['hwk'], factors: 1 } };
    },
  });
  return { name: 'empty', phases: [phase] };
}

const KNOWN = 'known-browser';

/** Takes a browser with a cookie for Ada's. */
function knowingBrowsers(): AddOn<User> {
  return {
    name: 'knowing-browsers',
    phases: [],
    async loadUser({ accounts, cookies, clock }) {
      const account = cookies.get(KNOWN) === null ? null : await accounts.findByIdentity('email', ADA);
      if (account === null) return null;
      const { user, subjectEpoch } = account;
      return { user, subjectEpoch, methods: ['known'], factors: 1, remembered: { since: clock.now() } };
    },
  };
}

/** Lets anybody act for Ada. */
function impersonation(): Strategy<User> {
  const phase = definePhase<User, Record<never, never>>({
    name: 'act',
    methods: ['POST'],
    fields: {},
    actor: 'anyone',
    async run({ accounts }) {
      const account = await accounts.findByIdentity('email', ADA);
      if (account === null) throw new AuthenticationFailed('unknown_user');
      const { user, subject, subjectEpoch } = account;
      return { kind: 'proved', proof: { user, subjectEpoch, methods: ['sso'], factors: 1, actor: subject } };
    },
  });
  return { name: 'impersonation', phases: [phase] };
}
