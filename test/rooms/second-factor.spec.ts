import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { PASSWORD } from '../users.js';
import { SERIES_COOKIE } from './all-hooks.js';
import {
  ADA,
  AUTH,
  CODE,
  enrol,
  isIn,
  isInBy,
  register,
  roomsApp,
  signIn,
  textIn,
  type RoomsApp,
  type RoomsAppOptions,
} from './rooms-app.js';

const SECOND = `${AUTH}/second-factor/sign-in`;
const PENDING_COOKIE = '__Host-user-flow-session-pending';

describe.each<Platform>(['express', 'fastify'])('a user with a second factor, on %s,', (platform) => {
  let app: RoomsApp;
  const open: RoomsApp[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  /** An owner who is signed in and has just enrolled. */
  const boot = async (options: RoomsAppOptions = {}): Promise<Client> => {
    app = await roomsApp({ platform, ...options });
    open.push(app);
    const owner = app.client();
    await register(owner);
    expect(await enrol(owner)).toMatchObject({ status: 200 });
    return owner;
  };
  const firstStep = async (browser: Client, more: object = {}) => {
    const answer = await signIn(browser, more);
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'ERR_SECOND_FACTOR_REQUIRED', factors: [{ strategy: 'second-factor', phase: 'sign-in' }] },
    });
    return textIn(answer, 'flow');
  };
  const secondStep = (browser: Client, code = CODE, flow?: string) =>
    browser.post(SECOND, { json: { code, ...(flow !== undefined && { flow }) } });
  const live = async () => app.service.listSignIns(await subject());
  const subject = async () =>
    app.service.userToSubject((await app.data.findOne(app.users.model, { email: ADA })) ?? {}, 'user');

  it('completes the first step by its cookie', async () => {
    await boot();
    const browser = app.client();

    await firstStep(browser);
    const answer = await secondStep(browser);

    expect(answer).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(browser.cookies.has(PENDING_COOKIE)).toBe(false);
    expect(await browser.get('/in/by-any')).toMatchObject({
      body: { methods: ['pwd', 'otp', 'mfa'], secondFactorAt: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('completes it by the field "flow", without any cookie', async () => {
    await boot();

    const flow = await firstStep(app.client());
    const answer = await secondStep(app.client(), CODE, flow);

    expect(answer).toMatchObject({ status: 200 });
    expect(await isInBy(app, textIn(answer, 'token'))).toBe(true);
  });

  it('may try again after a wrong code', async () => {
    await boot();
    const browser = app.client();
    await firstStep(browser);

    expect(await secondStep(browser, 'wrong')).toMatchObject({ status: 401, setCookies: [] });
    expect(await isIn(browser)).toBe(false);
    expect(await secondStep(browser)).toMatchObject({ status: 200 });
  });

  it('is nobody anywhere between the two steps', async () => {
    await boot();
    const before = await live();
    const browser = app.client();
    const flow = await firstStep(browser);

    expect(browser.cookies.has('__Host-user-session')).toBe(false);
    expect(await live()).toEqual(before);
    for (const path of ['/in/by-session', '/in/by-any', `${AUTH}/session/list`]) {
      expect(await browser.get(path)).toMatchObject({ status: 401 });
    }
    expect(await isInBy(app, flow)).toBe(false);
    browser.cookies.set('__Host-user-session', flow);
    expect(await isIn(browser)).toBe(false);
    browser.cookies.delete('__Host-user-session');
    for (const phase of ['second-factor/verify', 'second-factor/enrol', 'password/change', 'header-key/create']) {
      const json = {
        code: CODE,
        flow,
        currentPassword: PASSWORD,
        password: 'another',
        passwordConfirmation: 'another',
      };
      expect(await browser.post(`${AUTH}/${phase}`, { json })).toMatchObject({
        status: 401,
        body: { code: 'ERR_SIGN_IN_REQUIRED' },
      });
    }
  });

  it('is refused a second step without a first', async () => {
    await boot();

    expect(await secondStep(app.client())).toMatchObject({ status: 401 });
    expect(await secondStep(app.client(), CODE, 'no flow at all')).toMatchObject({ status: 401 });
  });

  it('[ASVS 6.5.1] completes a first step once, of 20 that try at the same time', async () => {
    await boot();
    const before = (await live()).length;
    const flow = await firstStep(app.client());

    const answers = await Promise.all(Array.from({ length: 20 }, () => secondStep(app.client(), CODE, flow)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await live()).toHaveLength(before + 1);
    expect((await secondStep(app.client(), CODE, flow)).status).not.toBe(200);
  });

  it('is refused the first step of another user', async () => {
    await boot();
    const eve = app.client();
    await register(eve, 'eve@example.com');
    await eve.post(`${AUTH}/second-factor/enrol`, { json: { code: 'code of eve' } });
    const flow = await firstStep(app.client());

    expect(await secondStep(eve, 'code of eve', flow)).toMatchObject({ status: 401 });
    expect(await secondStep(app.client(), CODE, flow)).toMatchObject({ status: 200 });
  });

  it('is refused the first step of another resource', async () => {
    await boot();
    const admin = app.client();
    await register(admin, ADA, '/auth/admin');
    await enrol(admin, '/auth/admin');
    const answer = await signIn(app.client(), {}, '/auth/admin');
    const flow = textIn(answer, 'flow');

    expect(await secondStep(app.client(), CODE, flow)).toMatchObject({ status: 401 });
    const json = { code: CODE, flow };
    expect(await app.client().post('/auth/admin/second-factor/sign-in', { json })).toMatchObject({ status: 200 });
  });

  it('is refused by a strategy that was not asked for, though it proves the same user', async () => {
    const strategies = [
      {
        name: 'trusting',
        phases: [
          {
            name: 'complete',
            methods: ['POST'],
            fields: {},
            actor: 'pending',
            async run(ctx) {
              const account = ctx.pending === null ? null : await ctx.accounts.find(ctx.pending.subject);
              if (account === null) throw new Error('The runner lets nobody in here without a first step');
              const { user, subjectEpoch } = account;
              return { kind: 'proved', proof: { user, subjectEpoch, methods: ['any'], factors: 1 } };
            },
          },
        ],
      },
    ] satisfies NonNullable<RoomsAppOptions['user']>['strategies'];
    await boot({ user: { strategies } });
    const browser = app.client();
    await firstStep(browser);

    expect(await browser.post(`${AUTH}/trusting/complete`, { json: {} })).toMatchObject({ status: 401 });
    expect(await isIn(browser)).toBe(false);
  });

  it('[ASVS 7.4.3] loses the first step when the password changes before the second', async () => {
    const owner = await boot();
    const browser = app.client();
    await firstStep(browser);

    const fresh = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
    const json = { currentPassword: PASSWORD, ...fresh };
    expect(await owner.post(`${AUTH}/password/change`, { json })).toMatchObject({ status: 200 });

    expect(await secondStep(browser)).toMatchObject({ status: 401 });
    expect(await isIn(browser)).toBe(false);
    expect(await isIn(owner)).toBe(true);
  });

  it.each([
    ['everything of theirs is ended', async () => app.service.endSignIns(await subject())],
    ['they are disabled', async () => app.service.disable(await subject())],
    ['ten minutes pass', async () => app.clock.advance(601)],
  ])('loses the first step when %s before the second', async (_, meanwhile) => {
    await boot();
    const browser = app.client();
    const flow = await firstStep(browser);

    await meanwhile();

    expect(await secondStep(browser)).toMatchObject({ status: 401 });
    expect(await secondStep(app.client(), CODE, flow)).toMatchObject({ status: 401 });
    expect(await live()).toEqual(expect.not.arrayContaining([expect.objectContaining({ methods: ['pwd'] })]));
  });

  it('keeps a wish of the first step until the second, over one that the second brings', async () => {
    await boot();
    const browser = app.client();
    await firstStep(browser, { rememberMe: 'on' });

    const answer = await browser.post(SECOND, { json: { code: CODE, rememberMe: 'off' } });

    expect(answer).toMatchObject({ status: 200, body: { remembered: true } });
    expect(browser.cookies.has(SERIES_COOKIE)).toBe(true);
  });

  it('[ASVS 7.2.4] steps up into a new sign-in, and the old cookie and the old token are dead', async () => {
    const owner = await boot();
    const before = textIn(await signInFully(), 'token');
    const browser = app.client();
    const first = await stepIn(browser);
    const old = new Map(browser.cookies);
    app.clock.advance(700);

    const stepped = await browser.post(`${AUTH}/second-factor/verify`, { json: { code: CODE } });

    expect(stepped).toMatchObject({ status: 200 });
    expect(await isIn(browser)).toBe(true);
    expect(await isInBy(app, textIn(stepped, 'token'))).toBe(true);
    expect(await isInBy(app, first)).toBe(false);
    const thief = app.client();
    for (const [name, value] of old) thief.cookies.set(name, value);
    expect(await isIn(thief)).toBe(false);
    expect(await isIn(owner)).toBe(true);
    expect(await isInBy(app, before)).toBe(true);
    expect(await browser.get('/in/by-any')).toMatchObject({ body: { secondFactorAt: '2026-01-01T00:11:40.000Z' } });
  });

  it('lives no longer by stepping up', async () => {
    const owner = await boot({ user: { sessions: { absoluteLifetimeSeconds: 1000 } } });
    app.clock.advance(900);

    expect(await owner.post(`${AUTH}/second-factor/verify`, { json: { code: CODE } })).toMatchObject({ status: 200 });
    app.clock.advance(99);
    expect(await isIn(owner)).toBe(true);
    app.clock.advance(1);
    expect(await isIn(owner)).toBe(false);
  });

  it('is refused, and not broken, by stepping up in the last moment', async () => {
    const owner = await boot({ user: { sessions: { absoluteLifetimeSeconds: 1000 } } });
    app.clock.advance(999.5);

    expect(await owner.post(`${AUTH}/second-factor/verify`, { json: { code: CODE } })).toMatchObject({ status: 401 });
  });

  it('[ASVS 6.1.1] is kept out of its own browser by no stranger who guesses its password', async () => {
    await boot();
    const browser = app.client();
    await firstStep(browser);
    await secondStep(browser);
    const stranger = app.client();
    const guess = () => stranger.post(`${AUTH}/password/sign-in`, { json: { email: ADA, password: 'guess' } });
    for (let count = 0; count < 11; count++) await guess();
    expect(await guess()).toMatchObject({ status: 429 });

    await firstStep(browser);
    expect(await secondStep(browser)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.6.3] has ten wrong codes in a quarter of an hour, however many first steps', async () => {
    await boot();
    const flows = [await firstStep(app.client()), await firstStep(app.client()), await firstStep(app.client())];
    const statuses: number[] = [];
    for (let count = 0; count < 11; count++) {
      statuses.push((await secondStep(app.client(), 'wrong', flows[count % flows.length])).status);
    }

    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  it('[ASVS 6.3.1] has one budget of wrong codes for an address, whoever they are of', async () => {
    await boot({ user: { limits: { guessesPerAddress: [{ limit: 8, windowSeconds: 900 }] } } });
    const people = ['bea@example.com', 'cyd@example.com', 'dan@example.com'];
    const statuses: number[] = [];
    for (const email of people) {
      const browser = app.client();
      await register(browser, email);
      await enrol(browser);
    }
    for (const email of people) {
      const flow = textIn(await signIn(app.client(), { email }), 'flow');
      for (let count = 0; count < 3; count++) {
        statuses.push((await secondStep(app.client(), 'wrong', flow)).status);
      }
    }

    expect(statuses).toEqual([...Array.from({ length: 8 }, () => 401), 429]);
  });

  async function signInFully() {
    const browser = app.client();
    await firstStep(browser);
    return secondStep(browser);
  }

  async function stepIn(browser: Client): Promise<string> {
    await firstStep(browser);
    return textIn(await secondStep(browser), 'token');
  }
});
