import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RawInput } from 'nest-auth-plug';
import type { Connection } from 'nest-auth-plug/strategies/dynamic-oidc';
import { fakeProvider, type ProviderLies } from 'nest-auth-plug/testing';
import { connectionNamesModel, connectionsModel } from '../../../lib/strategies/dynamic-oidc/connections.model.js';
import { addresses, whoIsIn } from '../../rooms/mailed-app.js';
import { acme, admin, AUTH, connect, identityRows, REFUSED, signIn, ssoApp, type SsoApp } from './setup.js';

interface Listed {
  readonly connections: readonly Connection[];
  readonly next: string | null;
}

describe('connections', () => {
  let app: SsoApp;
  beforeEach(async () => {
    app = await ssoApp();
  });
  afterEach(() => app.close());

  const list = async (input: RawInput = {}) => (await admin(app, 'list-connections', input)) as unknown as Listed; // as documented
  const rows = () => app.data.forTenant('').findMany(connectionsModel, {}, { orderBy: 'slug', limit: 200 });
  const names = () => app.data.forTenant('').findMany(connectionNamesModel, {}, { orderBy: 'id', limit: 200 });
  const refusal = (field: string, code: string) => ({ problems: [expect.objectContaining({ field, code })] });
  const nothingIsMade = async () => expect([await rows(), await names()]).toEqual([[], []]);

  it('[ASVS 14.3.3] [ASVS 13.3.1] are made of what is said, and never say their secret, which lies sealed', async () => {
    const made = await connect(app, { domains: ['Example.COM', 'acme.example', 'example.com'] });

    const shown = {
      id: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      slug: 'acme',
      issuer: app.provider.issuer,
      clientId: 'test-client',
      clientAuthentication: 'basic',
      displayName: 'Acme Corporation',
      iconUrl: null,
      domains: ['acme.example', 'example.com'],
      createdAt: app.clock.now(),
      disabledAt: null,
    };
    expect(made).toEqual(shown);
    expect(await list()).toEqual({ connections: [shown], next: null });
    const [row = {}] = await rows();
    expect(row['clientSecret']).toEqual(expect.stringMatching(/^[\w-]{90,}$/));
    expect(row['clientSecret']).not.toContain(app.provider.client.secret);
  });

  it.each<[string, RawInput, string, string]>([
    ['a slug with a space', { slug: 'a b' }, 'slug', 'invalid'],
    ['a slug in capitals', { slug: 'Acme' }, 'slug', 'invalid'],
    ['no slug', { slug: '' }, 'slug', 'required'],
    ['an issuer without TLS', { issuer: 'http://accounts.example' }, 'issuer', 'invalid'],
    ['an issuer that is a script', { issuer: 'javascript:alert(1)' }, 'issuer', 'invalid'],
    ['an issuer with a query', { issuer: 'https://accounts.example/?a=b' }, 'issuer', 'invalid'],
    ['an issuer with a fragment', { issuer: 'https://accounts.example/#a' }, 'issuer', 'invalid'],
    ['an issuer with a password', { issuer: 'https://a:b@accounts.example' }, 'issuer', 'invalid'],
    ['an issuer that is no URL', { issuer: 'accounts.example' }, 'issuer', 'invalid'],
    ['an issuer that is too long', { issuer: `https://${'a'.repeat(500)}.example` }, 'issuer', 'too_long'],
    ['no client', { clientId: undefined }, 'clientId', 'required'],
    ['a client with a line break', { clientId: 'a\nb' }, 'clientId', 'invalid'],
    ['no secret', { clientSecret: undefined }, 'clientSecret', 'required'],
    ['a secret for nothing', { clientAuthentication: 'none' }, 'clientSecret', 'invalid'],
    ['a key that the app has not', { clientAuthentication: 'private_key_jwt' }, 'clientAuthentication', 'invalid'],
    ['a way that there is not', { clientAuthentication: 'tls_client_auth' }, 'clientAuthentication', 'invalid'],
    ['no name', { displayName: '  ' }, 'displayName', 'invalid'],
    ['an icon without TLS', { iconUrl: 'http://acme.example/icon.png' }, 'iconUrl', 'invalid'],
    ['an icon that is a script', { iconUrl: 'javascript:alert(1)' }, 'iconUrl', 'invalid'],
    ['a domain that is none', { domains: ['acme'] }, 'domains', 'invalid'],
    ['an address as a domain', { domains: ['ada@acme.example'] }, 'domains', 'invalid'],
    ['a domain that is an object', { domains: [{}] }, 'domains', 'invalid'],
    ['too many domains', { domains: Array.from({ length: 51 }, (_, i) => `d${i}.example`) }, 'domains', 'too_many'],
  ])('are not made with %s', async (_what, changes, field, code) => {
    await expect(connect(app, changes)).rejects.toMatchObject(refusal(field, code));

    await nothingIsMade();
  });

  it.each<[string, ProviderLies]>([
    ['is another', { metadata: { issuer: 'https://evil.example' } }],
    ['has no keys', { metadata: { jwks_uri: undefined } }],
    ['has no TLS for tokens', { metadata: { token_endpoint: 'http://10.0.0.1/token' } }],
    ['redirects', { answers: { discovery: 'redirects' } }],
    ['says too much', { answers: { discovery: 'huge' } }],
    ['is down', { answers: { discovery: { status: 503, body: '' } } }],
    ['says no JSON', { answers: { discovery: 'html' } }],
  ])('[RFC 8414 §3.3] [ASVS 10.5.3] are not made where the provider %s', async (_what, lies) => {
    app.provider.lies = lies;

    await expect(connect(app)).rejects.toMatchObject(refusal('issuer', 'not_discovered'));

    await nothingIsMade();
  });

  it('are each of one slug and one set of domains, and a free one is taken again', async () => {
    await connect(app);
    const taken = (field: string) => refusal(field, 'taken');

    await expect(connect(app, { domains: [] })).rejects.toMatchObject(taken('slug'));
    await expect(connect(app, { slug: 'beta', domains: 'EXAMPLE.com' })).rejects.toMatchObject(taken('domains'));
    expect([await rows(), await names()]).toMatchObject([[{ slug: 'acme' }], [{}, {}]]);

    await admin(app, 'remove-connection', { connection: 'acme' });
    await connect(app);
    expect(await rows()).toHaveLength(1);
  });

  it('are of one resource: another has its own', async () => {
    await connect(app);
    await connect(app, {}, { subjectName: 'admin' });

    expect((await list()).connections).toHaveLength(1);
    await admin(app, 'remove-connection', { connection: 'acme' });
    expect(await app.client().get('/auth/admin/sso?connection=acme')).toMatchObject({ status: 303 });
  });

  it('are listed by slug, in pages', async () => {
    for (const slug of ['delta', 'acme', 'charlie', 'beta', 'echo']) await connect(app, { slug, domains: [] });

    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, after: first.next ?? '' });
    const third = await list({ limit: '2', after: second.next ?? '' });

    const slugs = [first, second, third].map(({ connections }) => connections.map(({ slug }) => slug));
    expect(slugs).toEqual([['acme', 'beta'], ['charlie', 'delta'], ['echo']]);
    expect([first.next, second.next, third.next]).toEqual(['beta', 'delta', null]);
  });

  it.each([0, 101, 1.5, 'many'])('are not listed by %j at once', async (limit) => {
    await expect(list({ limit })).rejects.toMatchObject(refusal('limit', 'invalid'));
  });

  it('change in what is said, and in nothing else', async () => {
    const before = await connect(app, { iconUrl: 'https://acme.example/icon.png' });
    const { connection } = await admin(app, 'update-connection', { connection: before.id, displayName: 'Acme' });

    expect(connection).toEqual({ ...before, displayName: 'Acme' });
    expect((await list()).connections).toEqual([connection]);
    expect(await signIn(app)).toMatchObject({ status: 200 });

    await admin(app, 'update-connection', { connection: 'acme', iconUrl: null, domains: [] });
    expect((await list()).connections).toMatchObject([{ iconUrl: null, domains: [], displayName: 'Acme' }]);
    expect(await names()).toHaveLength(1);
  });

  it('[ASVS 14.3.3] take another secret, which is used from then on', async () => {
    await connect(app, { clientSecret: 'the wrong one' });
    expect(await signIn(app)).toMatchObject(REFUSED);

    const changes = { connection: 'acme', clientSecret: app.provider.client.secret };
    const { connection } = await admin(app, 'update-connection', changes);

    expect(JSON.stringify(connection)).not.toMatch(/secret/i);
    expect(await signIn(app)).toMatchObject({ status: 200 });
  });

  it('show the app to the provider by what is said', async () => {
    await connect(app, { clientAuthentication: 'post' });
    await signIn(app);
    await admin(app, 'update-connection', { connection: 'acme', clientAuthentication: 'client_secret_jwt' });
    await signIn(app);

    const shown = app.provider.received
      .filter(({ path }) => path === '/token')
      .map(({ parameters }) => ['client_secret', 'client_assertion'].filter((name) => name in parameters));
    expect(shown).toEqual([['client_secret'], ['client_assertion']]);
  });

  it('have a secret no more where the client needs none', async () => {
    await connect(app);
    await admin(app, 'update-connection', { connection: 'acme', clientAuthentication: 'none' });
    expect(await rows()).toMatchObject([{ clientSecret: null, clientAuthentication: 'none' }]);

    const again = admin(app, 'update-connection', { connection: 'acme', clientAuthentication: 'basic' });
    await expect(again).rejects.toMatchObject(refusal('clientSecret', 'required'));
  });

  it('are not led elsewhere than to a provider, nor to a domain of another', async () => {
    await connect(app);
    await connect(app, { slug: 'beta', domains: 'beta.example' });
    const change = (changes: RawInput) => admin(app, 'update-connection', { connection: 'beta', ...changes });

    await expect(change({ domains: 'beta.example example.com' })).rejects.toMatchObject(refusal('domains', 'taken'));
    app.provider.lies = { metadata: { issuer: 'https://evil.example' } };
    const issuer = app.provider.issuer.replace('127.0.0.1', 'localhost');
    await expect(change({ issuer })).rejects.toMatchObject(refusal('issuer', 'not_discovered'));

    expect((await list()).connections).toMatchObject([{}, { issuer: app.provider.issuer, domains: ['beta.example'] }]);
    expect(await names()).toHaveLength(4);
  });

  it('[ASVS 6.8.1] [ASVS 10.5.2] know nobody any more at another issuer: who came by the one before is out', async () => {
    await connect(app);
    const browser = app.client();
    await signIn(app, browser);
    const other = await fakeProvider({ clientSecret: app.provider.client.secret, clock: app.clock });
    try {
      await admin(app, 'update-connection', { connection: 'acme', issuer: other.issuer });
      other.account = { sub: 'ada-1815', email: 'mallory@example.com' };

      expect([await whoIsIn(browser), await identityRows(app)]).toEqual([null, []]);
      expect(await signIn(app, browser, { provider: other })).toMatchObject({ status: 200 });
      expect(await whoIsIn(browser)).toBe('mallory@example.com');
    } finally {
      await other.close();
    }
  });

  it('[ASVS 7.4.2] let nobody in while they are disabled, and who is in stays in', async () => {
    await connect(app);
    const browser = app.client();
    await signIn(app, browser);

    await admin(app, 'disable-connection', { connection: 'acme' });
    expect(await app.client().get(`${AUTH}?connection=acme`)).toMatchObject(REFUSED);
    expect((await list()).connections).toMatchObject([{ disabledAt: app.clock.now() }]);
    expect(await whoIsIn(browser)).toBe('ada@example.com');

    await admin(app, 'enable-connection', { connection: 'acme' });
    expect((await list()).connections).toMatchObject([{ disabledAt: null }]);
    expect(await signIn(app)).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } });
  });

  it('[ASVS 7.4.2] are removed with the identities that came by them; who came is out, and their accounts stay', async () => {
    await connect(app);
    await connect(app, { slug: 'beta', domains: [] });
    const [ada, grace] = [app.client(), app.client()];
    await signIn(app, ada);
    app.provider.account = { sub: 'grace', email: 'grace@beta.example' };
    await signIn(app, grace, { connection: 'beta' });

    await admin(app, 'remove-connection', { connection: 'acme' });

    expect([await whoIsIn(ada), await whoIsIn(grace)]).toEqual([null, 'grace@beta.example']);
    expect(await identityRows(app)).toMatchObject([{ uid: 'grace' }]);
    expect(await addresses(app)).toEqual(['ada@example.com', 'grace@beta.example']);
    expect([await rows(), await names()]).toMatchObject([[{ slug: 'beta' }], [{}]]);
    expect(await app.client().get(`${AUTH}?connection=acme`)).toMatchObject(REFUSED);
  });

  it.each(['update', 'disable', 'enable', 'remove'])('are not there to %s where there is none', async (what) => {
    await connect(app, {}, { subjectName: 'admin' });

    await expect(admin(app, `${what}-connection`, { connection: 'acme' })).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
    });
  });

  it.each(['create-connection', 'list-connections', 'update-connection', 'disable-connection', 'enable-connection'])(
    '[ASVS 8.2.1] are for code alone: %s has no route',
    async (phase) => {
      const json = { ...acme(app.provider), connection: 'acme' };

      expect(await app.client().post(`${AUTH}/${phase}`, { json })).toMatchObject({ status: 404 });
      expect(await app.client().get(`${AUTH}/${phase}`)).toMatchObject({ status: 404 });
      await nothingIsMade();
    },
  );
});
