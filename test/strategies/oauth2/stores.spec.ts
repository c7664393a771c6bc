import { afterEach, expect, it } from '@jest/globals';
import { ADA, addresses, BOB } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { describeEachStore } from '../../stores/each-store.js';
import {
  codeApp,
  comeBack,
  identityRows,
  leave,
  leaveBy,
  link,
  signIn,
  type CodeApp,
  type CodeAppOptions,
} from './setup.js';

const PARALLEL = 50;
/** All of them get in, one after the other: more at once would wait for longer than a transaction may. */
const BROWSERS = 12;

describeEachStore('identities', (store) => {
  let app: CodeApp;
  afterEach(() => app.close());

  const open = async (options: CodeAppOptions = {}) => {
    app = await codeApp({ dataLayer: await store.empty(), ...options });
    return app;
  };

  it('[ASVS 2.3.3] [ASVS 15.4.2] of a dozen first sign-ins of one person at once are one, of one account, and all get in', async () => {
    await open();
    const browsers = Array.from({ length: BROWSERS }, () => app.client());
    const brought: Readonly<Record<string, string>>[] = [];
    for (const browser of browsers) brought.push(await leave(app, browser));

    const answers = await Promise.all(browsers.map((browser, index) => comeBack(browser, brought[index] ?? {})));

    expect(answers.map(({ status }) => status)).toEqual(browsers.map(() => 200));
    expect([await identityRows(app), await addresses(app)]).toMatchObject([[{ uid: 'ada-1815' }], [ADA]]);
    expect((await signInRows(app)).length).toBeGreaterThan(1);
  }, 60_000);

  it('[ASVS 15.4.2] make one sign-in of fifty callbacks with one code', async () => {
    await open();
    const browser = app.client();
    const brought = await leave(app, browser);

    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => comeBack(browser, brought)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect([await identityRows(app), await signInRows(app)]).toMatchObject([[{}], [{}]]);
  }, 60_000);

  it('[ASVS 6.8.1] [ASVS 15.4.2] are one account’s where two link them at once', async () => {
    await open();
    const [ada, bob] = [app.client(), app.client()];
    await signIn(app, ada);
    app.provider.account = { sub: 'bob', email: BOB };
    await signIn(app, bob);
    await app.data
      .forTenant('')
      .delete((await import('../../../lib/strategies/oauth2/identities.model.js')).identitiesModel, {});
    app.provider.account = { sub: 'third', email: 'third@example.com' };
    const [first, second] = [await leaveBy(app, ada, 'link'), await leaveBy(app, bob, 'link')];

    const answers = await Promise.all([comeBack(ada, first), comeBack(bob, second)]);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await identityRows(app)).toMatchObject([{ uid: 'third' }]);
  });

  it('[ASVS 6.8.1] are told apart by letter case, by space and by provider', async () => {
    await open();
    for (const [index, sub] of ['ada', 'Ada', 'ADA ', 'adä', 'ada\u0301'].entries()) {
      app.provider.account = { sub, email: `${index}@example.com` };
      expect(await signIn(app, app.client())).toMatchObject({
        status: 200,
        body: { user: { email: `${index}@example.com` } },
      });
    }

    expect(await addresses(app)).toHaveLength(5);
  });

  it('keep a name of 255 characters, and an access token of 8 KiB', async () => {
    await open({ code: { keepTokens: true } });
    const sub = '😀'.repeat(127);
    app.provider.account = { sub, email: ADA };
    app.provider.lies = { tokens: { access_token: 'x'.repeat(8 * 1024) } };
    const browser = app.client();
    // The fake knows its own tokens alone.
    app.provider.lies = { ...app.provider.lies, answers: { userinfo: { body: JSON.stringify({ sub, email: ADA }) } } };
    await signIn(app, browser);
    await link(app, browser);

    const { accessToken } = await app.service.providerToken(
      { id: (await app.data.findOne(app.users.model, { email: ADA }))?.['id'] },
      'oauth2',
      { subjectName: 'user' },
    );

    expect(accessToken.reveal()).toHaveLength(8 * 1024);
    expect(await identityRows(app)).toMatchObject([{ uid: sub }]);
  });
});
