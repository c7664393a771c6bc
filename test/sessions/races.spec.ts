import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Outage, type Subject } from 'nest-auth-plug';
import { CODE, copyOf, enrol, isIn, register, roomsApp, signIn, textIn, type RoomsApp } from '../rooms/rooms-app.js';
import { describeEachStore } from '../stores/each-store.js';
import { PASSWORD } from '../users.js';

const ROUNDS = 12;
const AT_ONCE = 50;
const IN_USER = { subjectName: 'user' };

const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];

describeEachStore('a race', (store) => {
  let app: RoomsApp;
  let people = 0;

  beforeAll(async () => {
    const limits = { guessesPerAddress: PLENTY, guessesPerIdentity: PLENTY, guessesPerDevice: PLENTY };
    const messages = { messagesPerIdentity: PLENTY, messagesPerAddress: PLENTY };
    app = await roomsApp({ dataLayer: await store.empty(), user: { limits: { ...limits, ...messages } } });
  });
  afterAll(() => app.close());

  const someone = async () => {
    const email = `person${(people += 1)}@example.com`;
    const browser = app.client();
    await register(browser, email);
    const row = await app.data.findOne(app.users.model, { email });
    return { email, browser, subject: app.service.userToSubject(row ?? {}, 'user') };
  };
  const live = async (subject: Subject) => (await app.service.listSignIns(subject)).length;

  /** Three sign-ins that have read the account, let go around the moment at which `change` happens. */
  const raceSignIns = async (email: string, password: string, change: () => Promise<unknown>, round: number) => {
    const before = app.hash.verified;
    let open = (): void => undefined;
    app.hash.gate = new Promise((resolve) => (open = resolve));
    const attempt = () => app.service.perform(['password', 'sign-in'], { email, password }, IN_USER);
    const attempts = [attempt(), attempt(), attempt()].map((one) => one.catch(() => null));
    while (app.hash.verified < before + attempts.length) await pause(1);
    // By turns the sign-ins go first, the change goes first, and both go at once.
    const changing = round % 3 === 0 ? pause(round / 3).then(change) : change();
    if (round % 3 === 1) await pause(round / 3);
    open();
    await Promise.all([changing, ...attempts]);
    app.hash.gate = Promise.resolve();
  };

  it('[ASVS 7.4.3] between signing in and a reset leaves no sign-in by the old password alive', async () => {
    const { email, subject } = await someone();
    let password = PASSWORD;
    for (let round = 0; round < ROUNDS; round++) {
      const old = password;
      password = `pear tree number ${round}`;
      await app.service.perform(['password', 'reset-request'], { email }, IN_USER);
      await app.idle();
      const resetToken = app.outbox.last(email).link?.searchParams.get('token') ?? '';
      const input = { resetToken, password, passwordConfirmation: password };

      await raceSignIns(email, old, () => app.service.perform(['password', 'reset'], input, IN_USER), round);

      expect([round, await live(subject)]).toEqual([round, 0]);
    }
  });

  it.each([
    ['signing out everywhere', (subject: Subject) => app.service.endSignIns(subject, 'all')],
    ['being disabled', (subject: Subject) => app.service.disable(subject)],
  ])('[ASVS 7.4.1] between signing in and %s leaves nothing alive', async (_, end) => {
    const { email, subject } = await someone();
    for (let round = 0; round < ROUNDS; round++) {
      await raceSignIns(email, PASSWORD, () => end(subject), round);

      expect([round, await live(subject)]).toEqual([round, 0]);
      await app.service.enable(subject);
    }
  });

  it('[ASVS 6.5.1] for one pending second factor has one winner', async () => {
    const { email, browser, subject } = await someone();
    await enrol(browser);
    const first = await signIn(app.client(), { email });
    const flow = textIn(first, 'flow');
    const before = await live(subject);

    const attempts = Array.from({ length: AT_ONCE }, () =>
      app.service.perform(['second-factor', 'sign-in'], { code: CODE, flow }, IN_USER).then(
        () => 'in',
        () => 'refused',
      ),
    );

    expect((await Promise.all(attempts)).filter((outcome) => outcome === 'in')).toHaveLength(1);
    expect(await live(subject)).toBe(before + 1);
  });

  it('[ASVS 7.2.4] between steps up of one sign-in has one winner', async () => {
    const { browser, subject } = await someone();
    await enrol(browser);
    const cookies = [...browser.cookies];
    const attempts = Array.from({ length: AT_ONCE }, async () => {
      const copy = app.client();
      for (const [name, value] of cookies) copy.cookies.set(name, value);
      const { status } = await copy.post('/auth/user/second-factor/verify', { json: { code: CODE } });
      return { copy, status };
    });

    const answers = await Promise.all(attempts);

    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => ![200, 401, 503].includes(status))).toEqual([]);
    expect(await live(subject)).toBe(1);
    expect(await isIn(winners[0]?.copy ?? app.client())).toBe(true);
  });

  it('[ASVS 7.1.2] between sign-ins leaves no more alive than the resource allows', async () => {
    const { email, subject } = await someone();

    const attempts = Array.from({ length: AT_ONCE }, () =>
      app.service.perform(['password', 'sign-in'], { email, password: PASSWORD }, IN_USER),
    );
    const ended = await Promise.allSettled(attempts);

    // All want the same row; on a busy machine the last of them are told that the store is.
    const errors = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(errors.filter((error) => !(error instanceof Outage))).toEqual([]);
    expect(await live(subject)).toBe(Math.min(20, 1 + AT_ONCE - errors.length));
  });

  it('[PRJ 7] between being seen and signing out brings nothing back', async () => {
    const { browser, email, subject } = await someone();
    for (let round = 0; round < ROUNDS; round++) {
      app.clock.advance(61);
      const copy = copyOf(app, browser);
      const seen = Array.from({ length: 5 }, () => isIn(copy));
      await Promise.all([...seen, app.service.endSignIns(subject, 'all')]);

      expect([round, await live(subject), await isIn(copy)]).toEqual([round, 0, false]);
      await signIn(browser, { email });
    }
  });

  it('[ASVS 7.5.2] is no way to end the sign-in of somebody else', async () => {
    const [eve, ada] = [await someone(), await someone()];
    const [listed] = await app.service.listSignIns(ada.subject);

    const json = { listId: listed?.listId };
    const answer = await eve.browser.post('/auth/user/session/end', { json });
    const unknown = await eve.browser.post('/auth/user/session/end', { json: { listId: 'no such sign-in' } });

    expect(answer).toMatchObject({ status: 404 });
    expect(answer.text).toBe(unknown.text);
    expect(await live(ada.subject)).toBe(1);
  });
});
