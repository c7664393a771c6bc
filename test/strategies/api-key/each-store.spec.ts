import { expect, it } from '@jest/globals';
import type { Subject } from 'nest-auth-plug';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { apiKeysModel } from '../../../lib/strategies/api-key/api-key.rows.js';
import { Expunger } from '../../../lib/tokens/index.js';
import { describeEachStore } from '../../stores/each-store.js';
import { peopleOnEach } from '../../stores/people-on-each.js';
import { asBearer, issue, KEYS, keysApp, MeetingPoint, signIn, statusWith, type KeysApp } from './keys-app.js';

const AT_ONCE = 50;
const ROUNDS = 10;
const LIVE = 5;

describeEachStore('keys', (store) => {
  const meeting = new MeetingPoint();
  const keys = { endsWithEpoch: false, maxPerSubject: LIVE };
  const { someone } = peopleOnEach(store, (options) =>
    keysApp({ ...options, keys, user: { addOns: [meeting.addOn] } }),
  );

  const together = <T>(work: (at: number) => Promise<T>) =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, at) => work(at)));
  const rowsOf = (app: KeysApp, subject: Subject) =>
    app.data.forTenant('').findMany(apiKeysModel, { subject }, { orderBy: 'createdAt', limit: 100 });
  const names = async (browser: Client) => {
    const { keys: listed } = (await browser.get(`${KEYS}/list`)).body as { keys: readonly { name: string }[] };
    return listed.map(({ name }) => name);
  };

  it.each<Platform>(['express', 'fastify'])('are made, used, listed, renamed and revoked on %s', async (platform) => {
    const { app, browser, email, subject } = await someone(platform);
    const { id, key } = await issue(browser, { name: 'Łódź 🚀', scopes: 'read write', lifetimeSeconds: 3600 });

    const answer = await app.client().get('/in/by-key', asBearer(key));
    expect(answer).toMatchObject({ status: 200, body: { email, id, scopes: ['read', 'write'] } });
    expect(await names(browser)).toEqual(['Łódź 🚀']);
    expect(await rowsOf(app, subject)).toMatchObject([
      { id, lastUsedAt: app.clock.now(), scopes: 'read write', epoch: 0 },
    ]);
    await browser.post(`${KEYS}/rename`, { json: { keyId: id, name: 'CI' } });
    expect(await names(browser)).toEqual(['CI']);
    expect(await browser.post(`${KEYS}/revoke`, { json: { keyId: id.toLowerCase() } })).toMatchObject({ status: 404 });
    expect(await statusWith(app, key)).toBe(200);
    expect(await browser.post(`${KEYS}/revoke`, { json: { keyId: id } })).toMatchObject({ status: 200 });
    expect(await statusWith(app, key)).toBe(401);
    expect(JSON.stringify(await rowsOf(app, subject))).toBe('[]');
  });

  it('[ASVS 2.3.4] are revoked once, by one of fifty who try at once', async () => {
    const { app, browser } = await someone();
    const { id, key } = await issue(browser);

    meeting.expect('revoke', AT_ONCE);
    const answers = await together(() => browser.post(`${KEYS}/revoke`, { json: { keyId: id } }));
    meeting.expect('revoke', 1);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(AT_ONCE - 1);
    expect(await statusWith(app, key)).toBe(401);
  });

  it('are used by fifty at once, and seen to be used; revoking in between ends it and nothing brings it back', async () => {
    const { app, browser, subject } = await someone();
    const { id, key } = await issue(browser);

    expect(new Set(await together(() => statusWith(app, key)))).toEqual(new Set([200]));
    expect(await rowsOf(app, subject)).toMatchObject([{ lastUsedAt: app.clock.now() }]);

    app.clock.advance(61);
    const revoke = () => browser.post(`${KEYS}/revoke`, { json: { keyId: id } }).then(({ status }) => status);
    const statuses = await together((at) => (at === AT_ONCE / 2 ? revoke() : statusWith(app, key)));
    expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([]);
    expect(await statusWith(app, key)).toBe(401);
    expect(await rowsOf(app, subject)).toEqual([]);
  });

  it('[ASVS 2.3.4] are no more than the app allows, whoever asks for fifty at once', async () => {
    const { app, browser, subject } = await someone();

    meeting.expect('issue', AT_ONCE);
    const answers = await together(() => browser.post(`${KEYS}/issue`, { json: { name: 'one of many' } }));
    meeting.expect('issue', 1);

    // All want the same row; on a busy machine the last of them are told that the store is.
    const made = answers.filter(({ status }) => status === 200);
    expect(answers.filter(({ status }) => ![200, 422, 503].includes(status))).toEqual([]);
    expect(made.length).toBeLessThanOrEqual(LIVE);
    expect(await rowsOf(app, subject)).toHaveLength(made.length);
    const full = await browser.post(`${KEYS}/issue`, { json: { name: 'one more' } });
    expect([made.length, full.status]).toEqual([LIVE, 422]);
  });

  it('[ASVS 7.4.2] are none after their owner was disabled, however many were being made', async () => {
    const { app, email, subject } = await someone();
    for (let round = 0; round < ROUNDS; round += 1) {
      const browser = app.client();
      await signIn(browser, email);
      const making = Array.from({ length: 4 }, () => browser.post(`${KEYS}/issue`, { json: { name: 'racing' } }));

      await Promise.all([...making, app.service.disable(subject)]);

      expect([round, await rowsOf(app, subject)]).toEqual([round, []]);
      await app.service.enable(subject);
    }
  });

  it('[ASVS 14.2.7] are swept when their time is over, and not before', async () => {
    const { app, browser, subject } = await someone();
    const { clock } = app;
    await issue(browser, { name: 'short', lifetimeSeconds: 60 });
    const { key } = await issue(browser, { name: 'long', lifetimeSeconds: 3600 });
    clock.advance(61);

    const report = (error: unknown) => {
      throw error;
    };
    await new Expunger({ data: app.data, models: [apiKeysModel], clock, report }).expungeNow();

    expect((await rowsOf(app, subject)).map(({ name }) => name)).toEqual(['long']);
    expect(await statusWith(app, key)).toBe(200);
  });
});
