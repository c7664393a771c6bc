import { afterEach, expect, it } from '@jest/globals';
import { AuthenticationFailed, definePhase, type AddOn, type DataLayer, type Strategy } from 'nest-auth-plug';
import { rememberMe } from 'nest-auth-plug/add-ons/remember-me';
import { Outbox, type Client } from 'nest-auth-plug/testing';
import { subjectsModel } from '../../../lib/sessions/index.js';
import { faultyDataLayer } from '../../faulty-data-layer.js';
import { inStep } from '../../rooms/in-step.js';
import { ADA, AUTH, copyOf, enrol, isIn, liveRows, register, signIn, subjectOf } from '../../rooms/rooms-app.js';
import { describeEachStore } from '../../stores/each-store.js';
import { PASSWORD, type User } from '../../users.js';
import { COOKIE, rememberApp, restart, seriesRows, wish, type RememberApp } from './remember-app.js';

const NEW = 'pear tree in the valley';
const typed = { password: NEW, passwordConfirmation: NEW };
const AT_ONCE = 50;
/** Ends whatever else there is, and goes on under new handles. */
const keeping: Strategy<User> = {
  name: 'keeping',
  phases: [
    definePhase<User, Record<never, never>>({
      name: 'keep',
      methods: ['POST'],
      fields: {},
      actor: 'user',
      async run({ accounts, signIn: current }) {
        if (current === null) throw new AuthenticationFailed('nobody');
        const effect = async (tx: DataLayer) => ({ ended: await accounts.endSignIns(current.subject, 'others', tx) });
        return { kind: 'renewed', effect };
      },
    }),
  ],
};
const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];

describeEachStore('a remembered browser', (store) => {
  let app: RememberApp;
  let allowed = true;
  afterEach(() => app.close());

  const open = async (options: Parameters<typeof rememberApp>[0] = {}): Promise<Client> => {
    allowed = true;
    const user = { limits: { guessesPerAddress: PLENTY }, maySignIn: () => allowed, ...options.user };
    app = await rememberApp({ dataLayer: await store.empty(), ...options, user });
    await register(app.client());
    return restart(await wish(app.client()));
  };
  const elsewhere = async () => {
    const other = app.client();
    await signIn(other);
    return other;
  };
  const reset = async () => {
    await app.client().post(`${AUTH}/password/reset-request`, { json: { email: ADA } });
    await app.idle();
    const resetToken = app.outbox.last(ADA).link?.searchParams.get('token');
    const json = { resetToken, ...typed };
    expect(await app.client().post(`${AUTH}/password/reset`, { json })).toMatchObject({ status: 200 });
  };
  const change = async () => {
    const json = { currentPassword: PASSWORD, ...typed };
    expect(await (await elsewhere()).post(`${AUTH}/password/change`, { json })).toMatchObject({ status: 200 });
  };
  const endOthers = async () => {
    const json = { listId: 'others' };
    expect(await (await elsewhere()).post(`${AUTH}/session/end`, { json })).toMatchObject({ status: 200 });
  };

  const raiseEpoch = async () => {
    const subjects = app.data.forTenant('');
    await subjects.update(subjectsModel, { subject: await subjectOf(app) }, { epoch: 7 });
  };

  it.each<[string, () => Promise<unknown>]>([
    ['the password was changed', change],
    ['the password was reset', reset],
    ['everything was ended', async () => app.service.endSignIns(await subjectOf(app))],
    ['all others were ended', endOthers],
    [
      'the address was changed',
      async () => app.service.changeUser(await subjectOf(app), { email: 'ada@other.example' }),
    ],
    ['a factor was enrolled', async () => expect(await enrol(await elsewhere())).toMatchObject({ status: 200 })],
    [
      'its owner was disabled, and enabled again',
      async () => {
        await app.service.disable(await subjectOf(app));
        await app.service.enable(await subjectOf(app));
      },
    ],
    ['its owner was deleted', async () => app.service.deleteUser(await subjectOf(app))],
    ['the epoch was raised, whatever by', raiseEpoch],
  ])('[ASVS 7.4.3] is out once %s', async (_, act) => {
    const browser = await open();
    await act();

    expect(await isIn(browser)).toBe(false);

    expect(browser.cookies.has(COOKIE)).toBe(false);
    expect(await seriesRows(app)).toEqual([]);
  });

  it('[ASVS 7.4.2] is nobody’s where an account was made anew under the key of its owner', async () => {
    const browser = await open();
    const row = await app.data.findOne(app.users.model, { email: ADA });
    await app.data.delete(app.users.model, { email: ADA });
    expect(await isIn(copyOf(app, browser))).toBe(false);
    await app.data.insert(app.users.model, { ...row, name: 'somebody else' });

    expect(await isIn(browser)).toBe(false);
  });

  it.each([{}, { rememberMe: 'on' }])(
    'is out of it once its session alone was kept, whatever is wished by that: %j',
    async (json) => {
      const browser = await open({ user: { strategies: [keeping] } });

      expect(await browser.post(`${AUTH}/keeping/keep`, { json })).toMatchObject({ status: 200 });

      expect(await isIn(browser)).toBe(true);
      expect(await liveRows(app)).toMatchObject([{ remembered: true, methods: 'remember-me' }]);
      expect(await seriesRows(app)).toEqual([]);
      expect(await isIn(restart(browser))).toBe(false);
    },
  );

  it('shows no theft where its sign-in was refused in the last moment', async () => {
    let refuses = false;
    const refusing: AddOn<User> = {
      name: 'refusing',
      phases: [],
      async signedIn() {
        if (refuses) throw new AuthenticationFailed('not_today');
      },
    };
    const browser = await open({ user: { addOns: [rememberMe<User>(), refusing] } });
    const cookie = browser.cookies.get(COOKIE);
    refuses = true;
    expect(await browser.get('/in/by-session')).toMatchObject({ status: 401, setCookies: [] });
    expect(await signIn(app.client(), { rememberMe: 'on' })).toMatchObject({ status: 401, setCookies: [] });

    refuses = false;
    app.clock.advance(60);
    expect(browser.cookies.get(COOKIE)).toBe(cookie);
    expect(await isIn(browser)).toBe(true);
    expect(await seriesRows(app)).toHaveLength(1);
  });

  it('[ASVS 6.3.4] waits, and keeps its cookie, while its owner may not sign in', async () => {
    const browser = await open();
    const cookie = browser.cookies.get(COOKIE);
    allowed = false;
    expect(await browser.get('/in/by-session')).toMatchObject({ status: 401, setCookies: [] });
    expect(browser.cookies.get(COOKIE)).toBe(cookie);

    allowed = true;
    expect(await isIn(browser)).toBe(true);
  });

  it('[ASVS 15.4.2] [ASVS 2.3.4] makes one next step and one sign-in of fifty parallel visits, all of which get in', async () => {
    const step = inStep(await store.empty(), store.name);
    const browser = await open({ dataLayer: step.dataLayer });
    const copies = Array.from({ length: AT_ONCE }, () => copyOf(app, browser));

    const answers = await step.all(app, AT_ONCE, async (index) => copies[index]?.get('/in/by-session'));

    const statuses = answers.map((answer) => answer?.status ?? 0);
    expect(statuses.filter((status) => ![200, 503].includes(status))).toEqual([]); // on a busy machine some are told so
    const arrived = copies.filter((_, index) => statuses[index] === 200);
    expect(new Set(arrived.map(({ cookies }) => cookies.get(COOKIE))).size).toBe(1);
    expect(answers.filter((answer) => answer?.setCookies.join().includes('__Host-user-session='))).toHaveLength(1);
    expect(await seriesRows(app)).toHaveLength(1);
    app.clock.advance(31);
    expect(await isIn(copyOf(app, browser))).toBe(false);
    expect(await seriesRows(app)).toEqual([]);
  });

  it('[ASVS 15.4.2] ends once, of fifty times that an older cookie comes at once, and the app is told once', async () => {
    const notices = new Outbox();
    const step = inStep(await store.empty(), store.name);
    const browser = await open({ dataLayer: step.dataLayer, remember: { sender: notices } });
    const old = copyOf(app, browser);
    await isIn(browser);
    app.clock.advance(31);

    const answers = await step.all(app, AT_ONCE, () => copyOf(app, old).get('/in/by-session'));

    expect(answers.filter(({ status }) => ![401, 503].includes(status))).toEqual([]);
    await app.idle();
    const thefts = app.events.filter(({ name }) => name === 'remember-me.theft');
    expect([thefts.length, notices.messages.length]).toEqual([1, 1]);
    expect(await isIn(browser)).toBe(false);
  });

  it('[ASVS 7.4.1] is never in after signing out everywhere, however close the two come', async () => {
    const browser = await open();
    for (let round = 0; round < 12; round += 1) {
      const copies = Array.from({ length: 5 }, () => copyOf(app, browser));
      const visits = copies.map((copy) => copy.get('/in/by-session'));
      await Promise.all([...visits, app.service.endSignIns(await subjectOf(app))]);

      const left = await app.service.listSignIns(await subjectOf(app));
      const inside = await Promise.all(copies.map((copy) => isIn(copy)));
      expect([round, left, inside.filter(Boolean)]).toEqual([round, [], []]);
      await wish(browser);
      restart(browser);
    }
  });

  it('loses nothing in an outage: it is 503, the cookie stays, and so it is in afterwards', async () => {
    const { adapter, failNext, setGone } = faultyDataLayer(await store.empty());
    const browser = await open({ dataLayer: adapter });
    const cookie = browser.cookies.get(COOKIE);

    setGone(true);
    expect(await browser.get('/in/by-session')).toMatchObject({ status: 503, setCookies: [] });
    setGone(false);
    for (const method of ['findOne', 'update', 'insert', 'transaction'] as const) {
      failNext(method);
      expect(await browser.get('/in/by-session')).toMatchObject({ status: 503, setCookies: [] });
    }

    expect(browser.cookies.get(COOKIE)).toBe(cookie);
    expect(await isIn(browser)).toBe(true);
  });

  it('[PRJ 7] is not said to be forgotten where the store could not do it', async () => {
    const { adapter, setGone } = faultyDataLayer(await store.empty());
    const browser = await open({ dataLayer: adapter });

    setGone(true);
    expect(await browser.post(`${AUTH}/session/sign-out`, { json: {} })).toMatchObject({ status: 503, setCookies: [] });
    setGone(false);

    expect(await isIn(browser)).toBe(true);
  });

  it('keeps no cookie of a sign-in that was not made', async () => {
    const { adapter, failNext } = faultyDataLayer(await store.empty());
    await open({ dataLayer: adapter });
    const browser = app.client();

    failNext('insert');
    expect(await signIn(browser, { rememberMe: 'on' })).toMatchObject({ status: 503, setCookies: [] });

    expect(await seriesRows(app)).toHaveLength(1);
    expect(await signIn(browser, { rememberMe: 'on' })).toMatchObject({ status: 200 });
  });
});
