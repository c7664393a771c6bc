import { afterEach, expect, it } from '@jest/globals';
import { addresses, whoIsIn } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { describeEachStore } from '../../stores/each-store.js';
import { admin, connect, identityRows, leave, signIn, ssoApp, type SsoApp, type SsoAppOptions } from './setup.js';

const PARALLEL = 50;
/** All of them get in, one after the other: more at once would wait for longer than a transaction may. */
const BROWSERS = 12;

describeEachStore('the connections of customers', (store) => {
  let app: SsoApp;
  afterEach(() => app.close());

  const open = async (options: SsoAppOptions = {}) => {
    app = await ssoApp({ dataLayer: await store.empty(), ...options });
  };
  const slugs = async (input = {}) => {
    const { connections } = await admin(app, 'list-connections', input);
    return (connections as readonly { readonly slug: string }[]).map(({ slug }) => slug); // as documented
  };

  it('are made, listed, changed, disabled and removed, with the identities that came by them', async () => {
    await open();
    for (const slug of ['beta', 'acme', 'charlie']) await connect(app, { slug, domains: `${slug}.example` });
    expect([await slugs({ limit: 2 }), await slugs({ limit: 2, after: 'beta' })]).toEqual([
      ['acme', 'beta'],
      ['charlie'],
    ]);
    const browser = app.client();
    await signIn(app, browser);
    expect(await whoIsIn(browser)).toBe('ada@example.com');

    await admin(app, 'update-connection', { connection: 'acme', domains: 'acme.example other.example', iconUrl: null });
    await admin(app, 'disable-connection', { connection: 'beta' });
    const { connections } = await admin(app, 'list-connections', {});
    expect(connections).toMatchObject([
      { domains: ['acme.example', 'other.example'], disabledAt: null },
      { disabledAt: app.clock.now() },
      {},
    ]);

    await admin(app, 'remove-connection', { connection: 'acme' });
    expect([await slugs(), await identityRows(app), await whoIsIn(browser)]).toEqual([['beta', 'charlie'], [], null]);
    await connect(app, { slug: 'delta', domains: 'other.example' });
  });

  it('[ASVS 2.3.3] [ASVS 15.4.2] are one of ten that take a domain at once, and of the others nothing is left', async () => {
    await open();
    const slug = (index: number) => `customer-${index}`;

    const made = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => connect(app, { slug: slug(index) })),
    );

    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await slugs()).toHaveLength(1);
    await connect(app, { slug: slug(11), domains: [] });
  });

  it('[ASVS 15.4.2] change as one of ten says at once, and the others are told', async () => {
    await open();
    await connect(app);
    const change = (_: unknown, index: number) =>
      admin(app, 'update-connection', {
        connection: 'acme',
        displayName: `Name ${index}`,
        domains: `d${index}.example`,
      });

    const changed = await Promise.allSettled(Array.from({ length: 10 }, change));

    const refused = changed.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused.length).toBeLessThan(10);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'ERR_INVALID_INPUT', reason: '*:changed' });
    const { connections } = await admin(app, 'list-connections', {});
    const [{ displayName, domains }] = connections as [{ displayName: string; domains: readonly string[] }];
    expect(domains).toEqual([`d${displayName.replace('Name ', '')}.example`]);
    for (const index of [...Array(10).keys()].filter((one) => !domains.includes(`d${one}.example`)))
      await connect(app, { slug: `c${index}`, domains: `d${index}.example` });
  });

  it('[ASVS 10.1.2] [ASVS 15.4.2] [PRJ 12] make one sign-in and one identity of fifty callbacks with one code', async () => {
    await open();
    await connect(app);
    app.provider.lies = { takesCodesAgain: true };
    const browser = app.client();
    const path = await leave(app, browser);
    const headers = { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };

    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => app.client().get(path, { headers })));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    expect(app.provider.received.filter((request) => request.path === '/token')).toHaveLength(1);
    expect([await identityRows(app), await signInRows(app), await addresses(app)]).toMatchObject([
      [{}],
      [{}],
      ['ada@example.com'],
    ]);
  }, 60_000);

  it('[ASVS 2.3.3] [ASVS 15.4.2] make one account of a dozen first sign-ins of one person at once, and all get in', async () => {
    await open();
    await connect(app);
    const browsers = Array.from({ length: BROWSERS }, () => app.client());
    const paths: string[] = [];
    for (const browser of browsers) paths.push(await leave(app, browser));

    const answers = await Promise.all(browsers.map((browser, index) => browser.get(paths[index] ?? '')));

    // A store that is too busy for a moment says 503: whoever hears that begins once more.
    const late = browsers.filter((_, index) => answers[index]?.status === 503);
    for (const browser of late) expect(await signIn(app, browser)).toMatchObject({ status: 200 });
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(BROWSERS - late.length);
    expect([await identityRows(app), await addresses(app)]).toMatchObject([[{ uid: 'ada-1815' }], ['ada@example.com']]);
  }, 60_000);

  it('[ASVS 15.4.2] have nobody in who came while they were removed', async () => {
    await open();
    await connect(app);
    const browsers = Array.from({ length: 6 }, () => app.client());
    const paths: string[] = [];
    for (const browser of browsers) paths.push(await leave(app, browser));

    const coming = browsers.map((browser, index) => browser.get(paths[index] ?? ''));
    const [answers] = await Promise.all([Promise.all(coming), admin(app, 'remove-connection', { connection: 'acme' })]);

    expect(answers.filter(({ status }) => ![200, 401, 503].includes(status))).toEqual([]); // 503: a busy store
    expect(await slugs()).toEqual([]);
    expect(await signIn(app).catch(() => 'not sent')).toBe('not sent');
  }, 60_000);
});
