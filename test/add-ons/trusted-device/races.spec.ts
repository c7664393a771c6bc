import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AUTH, copyOf, signIn } from '../../rooms/rooms-app.js';
import { describeEachStore } from '../../stores/each-store.js';
import { COOKIE, second, signOut, trustApp, trustRows, type TrustApp } from './trust-app.js';

const AT_ONCE = 50;
const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];

describeEachStore('a trusted browser', (store) => {
  let app: TrustApp;
  beforeAll(async () => {
    const limits = { guessesPerAddress: PLENTY, guessesPerIdentity: PLENTY, guessesPerDevice: PLENTY };
    app = await trustApp({ dataLayer: await store.empty(), user: { limits, sessions: { maxPerSubject: 100 } } });
  });
  afterAll(() => app.close());

  it('[ASVS 15.4.2] signs in by one cookie fifty times at once, and goes on by one step', async () => {
    const browser = await app.trusted();
    const copies = Array.from({ length: AT_ONCE }, () => copyOf(app, browser));

    const answers = await Promise.all(copies.map((copy) => signIn(copy)));

    expect(answers.filter(({ status }) => ![200, 503].includes(status))).toEqual([]);
    const inside = copies.filter((_, index) => answers[index]?.status === 200);
    expect(new Set(inside.map(({ cookies }) => cookies.get(COOKIE))).size).toBe(1);
    expect(await trustRows(app)).toHaveLength(1);
    const [goingOn] = inside;
    app.clock.advance(31);
    expect(goingOn && (await signIn(await signOut(goingOn)))).toMatchObject({ status: 200 });
  });

  it('[ASVS 7.4.3] is trusted by nobody who signs in while it is revoked', async () => {
    for (let round = 0; round < 8; round += 1) {
      const owner = app.client();
      await signIn(owner);
      await second(owner);
      const browser = await app.trusted();

      const [entered] = await Promise.all([
        signIn(copyOf(app, browser)),
        owner.post(`${AUTH}/trusted-device/revoke`, { json: { listId: 'all' } }),
      ]);

      expect([round, [200, 401].includes(entered.status)]).toEqual([round, true]);
      expect([round, (await signIn(copyOf(app, browser))).status]).toEqual([round, 401]);
      expect([round, (await trustRows(app)).length]).toEqual([round, 0]);
    }
  });
});
