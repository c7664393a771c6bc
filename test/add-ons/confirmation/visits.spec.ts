import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { beforeEachCall } from '../../../lib/testing/contracts/recorded-work.js';
import { acting } from '../../rooms/acting.js';
import { answered } from '../../rooms/browsing.js';
import { countingDataLayer } from '../../rooms/counting-data-layer.js';
import { inStep } from '../../rooms/in-step.js';
import { recording, type Work } from '../../security/recording.js';
import { ADA, comparable, isIn, register, signIn } from '../../security/visit.js';
import { describeEachStore } from '../../stores/each-store.js';
import { PASSWORD } from '../../users.js';
import {
  AUTH,
  BEA,
  change,
  confirm,
  confirmingVisit,
  linkTo,
  resend,
  type Confirming,
  type ConfirmingOptions,
} from './setup.js';

const PLATFORMS: readonly Platform[] = ['express', 'fastify'];
/** Where a browser that follows a link goes. */
const pathOf = (link: URL) => `${link.pathname}${link.search}`;
let at: Confirming;

/** Ada, who has registered and is signed in. */
async function ada(platform: Platform = 'express', options: ConfirmingOptions = {}): Promise<Client> {
  at = await confirmingVisit(platform, options);
  const browser = at.app.client();
  await register(browser);
  return browser;
}

/** Ada, whose address is confirmed. */
async function confirmedAda(...where: Parameters<typeof ada>): Promise<Client> {
  const browser = await ada(...where);
  await confirm(at.app.client(), await linkTo(at));
  await at.sent();
  return browser;
}

describeEachStore('an address', (store) => {
  afterEach(() => at.app.close());

  it.each(PLATFORMS)(
    'is confirmed by whoever gets the mail, in any browser, and nothing else changes, on %s',
    async (platform) => {
      const browser = await ada(platform, { dataLayer: await store.empty() });
      expect(await at.sent()).toEqual([`confirmation to ${ADA}`]);
      expect(await at.row()).toMatchObject({ emailConfirmedAt: null });

      const answer = await confirm(at.app.client(), await linkTo(at));

      expect(answer).toMatchObject({ status: 200, setCookies: [] });
      expect(await at.row()).toMatchObject({ email: ADA, emailConfirmedAt: at.app.clock.now() });
      expect(await isIn(browser)).toBe(true);
      expect(await signIn(at.app.client())).toMatchObject({ status: 200 });
      expect(await at.sent()).toEqual([]);
    },
  );

  it.each(PLATFORMS)(
    '[ASVS 7.5.1] is changed once the new one is confirmed, and not before, on %s',
    async (platform) => {
      const browser = await confirmedAda(platform, { dataLayer: await store.empty() });

      expect(await change(browser, 'Bea@Example.COM')).toMatchObject({ status: 200 });
      expect(await at.row()).toMatchObject({ email: ADA, emailConfirmedAt: expect.any(Date) });
      expect(await at.row(BEA)).toBeNull();
      expect([await isIn(browser), (await signIn(at.app.client(), PASSWORD, BEA)).status]).toEqual([true, 401]);
      expect((await at.sent()).toSorted()).toEqual([`confirmation to ${BEA}`, `email-change-requested to ${ADA}`]);

      const link = await linkTo(at, BEA);
      expect(await confirm(at.app.client(), link)).toMatchObject({ status: 200, setCookies: [] });

      expect(await at.row(BEA)).toMatchObject({ emailConfirmedAt: at.app.clock.now() });
      expect(await at.row()).toBeNull();
      expect(await at.sent()).toEqual([`email-changed to ${ADA}`]);
      expect(await signIn(at.app.client(), PASSWORD, BEA)).toMatchObject({ status: 200 });
    },
  );

  it('[ASVS 7.4.3] that is changed ends every sign-in and voids every link', async () => {
    const browser = await confirmedAda('express', { dataLayer: await store.empty() });
    await change(browser);
    const link = await linkTo(at, BEA);
    await at.app.client().post('/auth/user/password/reset-request', { json: { email: ADA } });
    await at.app.idle();
    const resetToken = at.outbox.last(ADA).link?.searchParams.get('token');

    await confirm(at.app.client(), link);

    expect(await isIn(browser)).toBe(false);
    const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
    const reset = await at.app.client().post('/auth/user/password/reset', { json: { resetToken, ...typed } });
    expect(reset).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
  });

  it('[ASVS 6.5.1] [ASVS 15.4.2] is confirmed by exactly one of fifty parallel uses of a link', async () => {
    const step = inStep(await store.empty(), store.name);
    await change(await confirmedAda('express', { dataLayer: step.dataLayer }));
    const link = await linkTo(at, BEA);
    await at.sent();

    const answers = await step.all(at.app, 50, () => answered(() => confirm(at.app.client(), link)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(49);
    expect(await at.sent()).toEqual([`email-changed to ${ADA}`]);
  });

  it('[ASVS 7.5.1] waits alone: of two that are asked for at once only one can be confirmed, and it is the one that counts', async () => {
    const step = inStep(await store.empty(), store.name);
    const browser = await confirmedAda('express', { dataLayer: step.dataLayer });
    const others = ['bea@example.com', 'cleo@example.com'] as const;
    await step.all(at.app, others.length, (index) => change(browser, others[index]));

    const answers: number[] = [];
    for (const email of others) answers.push((await confirm(at.app.client(), await linkTo(at, email))).status);

    expect(answers.filter((status) => status === 200)).toHaveLength(1);
    const [counts = ''] = others.filter((_, index) => answers[index] === 200);
    expect(await at.row(counts)).not.toBeNull();
  });

  it('is no one’s that somebody else got meanwhile: that is told, and nothing of the other', async () => {
    await change(await confirmedAda('express', { dataLayer: await store.empty() }));
    const link = await linkTo(at, BEA);
    await register(at.app.client(), BEA);

    const answer = await confirm(at.app.client(), link);

    expect(answer).toMatchObject({ status: 422, body: { problems: [{ field: 'email', code: 'taken' }] } });
    expect(await at.row()).toMatchObject({ email: ADA });
    await at.app.data.update(at.users.model, { email: BEA }, { email: 'cleo@example.com' });
    expect(await confirm(at.app.client(), link)).toMatchObject({ status: 200 });
  });
});

describe.each(PLATFORMS)('on %s', (platform) => {
  afterEach(() => at.app.close());

  describe('the page behind a link', () => {
    it('[ASVS 3.5.3] [ASVS 7.6.2] consumes nothing and signs nobody in, however often it is opened', async () => {
      await ada(platform);
      const link = await linkTo(at);
      const visitor = at.app.client();

      for (const method of ['GET', 'HEAD', 'GET'])
        expect(await visitor.request(method, pathOf(link))).toMatchObject({ status: 200, setCookies: [] });

      expect(await at.row()).toMatchObject({ emailConfirmedAt: null });
      expect(await confirm(visitor, link)).toMatchObject({ status: 200 });
    });

    it('[ASVS 3.4.5] [ASVS 3.4.3] names the address so that its owner knows it, and leads nowhere else', async () => {
      await change(await confirmedAda(platform));
      const link = await linkTo(at, BEA);

      const { text, headers } = await at.app.client().get(pathOf(link));

      expect(text).toContain('b••@example.com');
      expect(text).not.toContain(BEA);
      expect(text).toContain(`action="${AUTH}/confirm"`);
      expect(text).toContain('the new address of an account at localhost:3000');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    });

    it('tells somebody who registered nowhere that it is about a registration', async () => {
      await ada(platform);
      const link = await linkTo(at);

      const { text } = await at.app.client().get(pathOf(link));

      expect(text).toContain('Somebody registered at localhost:3000 with the address a••@example.com');
    });

    it('does not open for a link that was used', async () => {
      await ada(platform);
      const link = await linkTo(at);
      await confirm(at.app.client(), link);

      expect(await at.app.client().get(pathOf(link))).toMatchObject({ status: 422 });
    });
  });

  describe('a change of the address', () => {
    it('[ASVS 6.3.8] gets the same answer for one that is somebody’s, who is told, and nobody else is', async () => {
      const browser = await confirmedAda(platform);
      await register(at.app.client(), BEA);
      await at.sent();

      const [taken, free] = [await change(browser), await change(browser, 'cleo@example.com')];

      expect(comparable(taken)).toEqual(comparable(free));
      expect((await at.sent()).toSorted()).toEqual(
        [
          `change-attempt to ${BEA}`,
          `email-change-requested to ${ADA}`,
          'confirmation to cleo@example.com',
          `email-change-requested to ${ADA}`,
        ].toSorted(),
      );
      expect(at.mails.last(BEA)).toMatchObject({ user: { email: BEA } });
      expect(at.mails.last(BEA)).not.toHaveProperty('link');
    });

    it('[ASVS 6.3.8] makes the same work for one that is somebody’s and for one that is nobody’s', async () => {
      const work: Work = [];
      const browser = await confirmedAda(platform, { dataLayer: recording(memoryDataLayer(), work) });
      await register(at.app.client(), BEA);
      await at.app.idle();

      const ways = [BEA, 'cleo@example.com'].map((email) => async () => {
        work.length = 0;
        await change(browser, email);
        return [...work];
      });
      const [taken, free] = [await ways[0]?.(), await ways[1]?.()];

      expect(taken).toEqual(free);
      expect(taken?.join()).toMatch(/insert tokens/);
    });

    it('takes the place of no address that the app wrote this very moment', async () => {
      let inBetween: (() => Promise<unknown>) | undefined;
      const dataLayer = beforeEachCall(memoryDataLayer(), async (call) => {
        const overtake = call === 'transaction' ? inBetween : undefined;
        if (overtake === undefined) return;
        inBetween = undefined;
        await overtake();
      });
      await change(await confirmedAda(platform, { dataLayer }));
      const link = await linkTo(at, BEA);
      inBetween = () => at.app.data.update(at.users.model, { email: ADA }, { email: 'cleo@example.com' });

      expect(await confirm(at.app.client(), link)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });

      expect(await at.row('cleo@example.com')).not.toBeNull();
      expect(await at.row(BEA)).toBeNull();
    });

    it('voids what was asked for before, and a link to the present address with it', async () => {
      const browser = await ada(platform);
      const first = await linkTo(at);
      await change(browser);
      const second = await linkTo(at, BEA);
      await change(browser, 'cleo@example.com');

      for (const link of [first, second]) expect(await confirm(at.app.client(), link)).toMatchObject({ status: 422 });
      expect(await confirm(at.app.client(), await linkTo(at, 'cleo@example.com'))).toMatchObject({ status: 200 });
    });

    it('[ASVS 7.5.1] is for somebody who has just signed in', async () => {
      const browser = await confirmedAda(platform);

      expect(await change(at.app.client())).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
      at.app.clock.advance(601);
      expect(await change(browser)).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });
      expect(await at.sent()).toEqual([]);
    });

    it('[ASVS 7.5.1] is for whoever has the account, and for nobody who acts for them', async () => {
      await confirmedAda(platform, { resource: { strategies: [acting(ADA)] } });
      const desk = at.app.client();
      expect(await desk.post('/auth/user/acting/begin', { json: {} })).toMatchObject({ status: 200 });

      expect(await change(desk)).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });
      expect(await at.sent()).toEqual([]);
    });

    it('is refused for the address that is confirmed, and sends another link where it is not', async () => {
      const browser = await ada(platform);
      await at.sent();

      expect(await change(browser, ADA)).toMatchObject({ status: 200 });
      expect(await at.sent()).toEqual([`confirmation to ${ADA}`]);
      await confirm(at.app.client(), await linkTo(at));
      expect(await change(browser, ADA)).toMatchObject({
        status: 422,
        body: { problems: [{ field: 'email', code: 'unchanged' }] },
      });
    });

    it.each([{}, { email: '' }, { email: 'no address' }, { email: ['bea@example.com'] }])(
      'is refused for %j',
      async (json) => {
        const browser = await confirmedAda(platform);

        expect(await browser.post(`${AUTH}/change`, { json })).toMatchObject({ status: 422 });
        expect(await at.sent()).toEqual([]);
      },
    );

    it('[ASVS 2.4.1] may be asked for three times of one address, and ten times by one account', async () => {
      const browser = await confirmedAda(platform);
      const statuses = async (count: number, email: (index: number) => string) => {
        const answers: number[] = [];
        for (let index = 0; index < count; index += 1) answers.push((await change(browser, email(index))).status);
        return answers;
      };

      expect(await statuses(4, () => BEA)).toEqual([200, 200, 200, 429]);
      expect(await statuses(8, (index) => `cleo-${index}@example.com`)).toEqual([
        200, 200, 200, 200, 200, 200, 200, 429,
      ]);
    });
  });

  describe('asking for another link', () => {
    it('[ASVS 6.3.8] gets one answer, and only an address that is not confirmed gets a link', async () => {
      await confirmedAda(platform);
      await register(at.app.client(), BEA);
      await at.sent();

      const answers = [];
      for (const email of [ADA, BEA, 'nobody@example.com'])
        answers.push(comparable(await resend(at.app.client(), email)));

      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      expect(await at.sent()).toEqual([`confirmation to ${BEA}`]);
    });

    it('[ASVS 6.5.5] voids the older one', async () => {
      await ada(platform);
      const older = await linkTo(at);
      await resend(at.app.client());
      const newer = await linkTo(at);

      expect(newer.href).not.toBe(older.href);
      expect(await confirm(at.app.client(), older)).toMatchObject({ status: 422 });
      expect(await confirm(at.app.client(), newer)).toMatchObject({ status: 200 });
    });

    it('[ASVS 2.4.1] is limited, for whomever', async () => {
      await ada(platform);
      const statuses: number[] = [];
      for (const email of [ADA, 'nobody@example.com'])
        for (let count = 0; count < 4; count += 1) statuses.push((await resend(at.app.client(), email)).status);

      expect(statuses).toEqual([200, 200, 200, 429, 200, 200, 200, 429]);
    });
  });

  it('[ASVS 6.5.5] works for a day, and not a second longer', async () => {
    await ada(platform);
    at.app.clock.advance(24 * 3600 - 1);
    expect(await at.app.client().get(pathOf(await linkTo(at)))).toMatchObject({ status: 200 });

    at.app.clock.advance(1);

    expect(await confirm(at.app.client(), await linkTo(at))).toMatchObject({
      status: 422,
      body: { code: 'ERR_INVALID_TOKEN' },
    });
  });

  it('[ASVS 3.5.1] is confirmed by no form of another site', async () => {
    await ada(platform);
    const form = Object.fromEntries((await linkTo(at)).searchParams);
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

    expect(await at.app.client().post(`${AUTH}/confirm`, { form, headers })).toMatchObject({ status: 403 });
    expect(await at.row()).toMatchObject({ emailConfirmedAt: null });
  });

  it('[ASVS 4.1.3] leads to the app, whatever host the request named', async () => {
    at = await confirmingVisit(platform);
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    const typed = { email: ADA, name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
    await at.app.client().post('/auth/user/password/register', { json: typed, headers });

    expect((await linkTo(at)).origin).toBe('http://localhost:3000');
  });
});

describe('a change that the app makes by itself', () => {
  afterEach(() => at.app.close());
  const subjectOf = async () => at.app.service.userToSubject((await at.row()) ?? {});

  it('waits until the new address is confirmed, while what else it says is written', async () => {
    const browser = await confirmedAda();

    await at.app.service.changeUser(await subjectOf(), { email: 'Bea@example.com', name: 'Ada King' });

    expect(await at.row()).toMatchObject({ email: ADA, name: 'Ada King' });
    expect(await isIn(browser)).toBe(true);
    await confirm(at.app.client(), await linkTo(at, BEA));
    expect(await at.row(BEA)).toMatchObject({ name: 'Ada King' });
  });

  it('counts at once where the app says that the address is confirmed', async () => {
    const browser = await confirmedAda();
    const emailConfirmedAt = at.app.clock.now();

    await at.app.service.changeUser(await subjectOf(), { email: BEA, emailConfirmedAt });

    expect(await at.row(BEA)).toMatchObject({ emailConfirmedAt });
    expect([await isIn(browser), await at.sent()]).toEqual([false, []]);
  });

  it('takes no link that was sent before it', async () => {
    await ada();
    const link = await linkTo(at);
    await at.app.data.update(at.users.model, { email: ADA }, { email: BEA });

    expect(await confirm(at.app.client(), link)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    expect(await at.row(BEA)).toMatchObject({ emailConfirmedAt: null });
  });

  it('[ASVS 7.4.2] voids a link where it disables the account, also once that is enabled again', async () => {
    await ada();
    const [link, subject] = [await linkTo(at), await subjectOf()];

    await at.app.service.disable(subject);
    expect(await confirm(at.app.client(), link)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    await at.app.service.enable(subject);
    expect(await confirm(at.app.client(), link)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    expect(await at.row()).toMatchObject({ emailConfirmedAt: null });
  });

  it('sends nothing where the address stays, in whatever spelling', async () => {
    await confirmedAda();

    await at.app.service.changeUser(await subjectOf(), { email: 'ADA@example.com' });

    expect([await at.sent(), await at.row()]).toEqual([
      [],
      expect.objectContaining({ emailConfirmedAt: expect.any(Date) }),
    ]);
  });
});

describe('a confirmation in which a call of the store fails', () => {
  afterEach(() => at.app.close());

  it('[ASVS 2.3.3] changes nothing, whichever call it is, and can be repeated', async () => {
    const { adapter, calls } = countingDataLayer(memoryDataLayer());
    await change(await confirmedAda('express', { dataLayer: adapter }));
    const link = await linkTo(at, BEA);
    let failures = 0;

    for (let status = 503; status === 503;) {
      Object.assign(calls, { count: 0, failing: failures + 1 });
      ({ status } = await confirm(at.app.client(), link));
      Object.assign(calls, { failing: 0 });
      if (status === 200) break;
      failures += 1;
      expect([status, await at.row(BEA)]).toEqual([503, null]);
    }

    expect(failures).toBeGreaterThan(6);
    expect(await at.row(BEA)).toMatchObject({ emailConfirmedAt: expect.any(Date) });
  });
});
