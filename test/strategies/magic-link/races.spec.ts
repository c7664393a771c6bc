import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { defineResource } from 'nest-auth-plug';
import { magicLink } from 'nest-auth-plug/strategies/magic-link';
import { authTestApp, Outbox, type AuthTestApp, type ClientAnswer } from 'nest-auth-plug/testing';
import { inStep, type InStep } from '../../rooms/in-step.js';
import { ADA, addresses, addUser, ask, NEW, refusal } from '../../rooms/mailed-app.js';
import { NO_LIMITS, signInRows } from '../../security/visit.js';
import { describeEachStore } from '../../stores/each-store.js';
import { linkApp, linkFor, redeem, REFUSED, REQUEST, tokenTo } from './setup.js';

const PARALLEL = 50;

describeEachStore('parallel uses of one link', (store) => {
  let app: AuthTestApp;
  let step: InStep;
  beforeEach(async () => {
    step = inStep(await store.empty(), store.name);
  });
  afterEach(() => app.close());

  const open = async () => {
    const linked = await linkApp({ dataLayer: step.dataLayer, link: { registration: 'open' } });
    app = linked;
    return linked;
  };
  const all = (token: string) => step.all(app, PARALLEL, () => redeem(app.client(), token));

  function expectOneWinner(answers: readonly ClientAnswer[]): void {
    const losers = answers.filter(({ status }) => status !== 200);
    expect(losers).toHaveLength(PARALLEL - 1);
    for (const loser of losers) expect(refusal(loser)).toEqual(REFUSED);
  }

  it('[ASVS 6.5.1] [ASVS 15.4.2] make one sign-in', async () => {
    const linked = await open();
    await addUser(linked);

    expectOneWinner(await all(await linkFor(linked, ADA)));

    expect(await signInRows(app)).toHaveLength(1);
  }, 60_000);

  it('[ASVS 6.5.1] [ASVS 2.3.3] make one account and one sign-in', async () => {
    const linked = await open();

    expectOneWinner(await all(await linkFor(linked, NEW)));

    expect(await addresses(linked)).toEqual([NEW]);
    expect(await signInRows(app)).toHaveLength(1);
  }, 60_000);

  it('[ASVS 6.5.1] make one account whose key the database makes', async () => {
    const outbox = new Outbox();
    const users = defineResource<{ readonly id: number; readonly email: string }>({
      subjectName: 'user',
      table: 'users',
      key: { id: 'integer' },
      limits: NO_LIMITS,
      strategies: [magicLink({ sender: outbox, registration: 'open' })],
    });
    app = await authTestApp({ resources: [users], dataLayer: step.dataLayer });
    await ask(app, app.client(), REQUEST, NEW);
    const token = outbox.last(NEW).link?.searchParams.get('token') ?? '';

    expectOneWinner(await all(token));

    expect(await app.data.findMany(users.model, {}, { orderBy: 'id', limit: 9 })).toHaveLength(1);
    expect(await signInRows(app)).toHaveLength(1);
  }, 60_000);

  it.each([
    ['of an account', true],
    ['of nobody', false],
  ])(
    '[ASVS 6.5.5] of ten links %s that were asked for at once exactly one works',
    async (_, hasAccount) => {
      const linked = await open();
      if (hasAccount) await addUser(linked, NEW);
      await step.all(app, 10, () => app.client().post(REQUEST, { json: { email: NEW } }));
      await app.idle();
      const tokens = linked.outbox.messages.map(({ link }) => link?.searchParams.get('token') ?? '');

      const live = [];
      for (const token of tokens) {
        const query = new URLSearchParams({ token }).toString();
        if ((await app.client().get(`/auth/user/magic-link?${query}`)).status === 200) live.push(token);
      }

      expect(live).toHaveLength(1);
      expect(await redeem(app.client(), live[0] ?? '')).toMatchObject({ status: 200 });
    },
    60_000,
  );

  it('[ASVS 6.5.5] by two links one after the other, on either platform, each void by the next', async () => {
    const linked = await linkApp({ dataLayer: step.dataLayer, platform: 'fastify' });
    app = linked;
    await addUser(linked);
    const first = await linkFor(linked, ADA);
    await linkFor(linked, ADA);

    expect(refusal(await redeem(app.client(), first))).toEqual(REFUSED);
    expect(await redeem(app.client(), tokenTo(linked, ADA))).toMatchObject({ status: 200 });
  });
});
