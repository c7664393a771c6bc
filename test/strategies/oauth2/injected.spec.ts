import { generateKeyPairSync } from 'node:crypto';
import { Injectable, Module, Scope } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import {
  ConfigurationInvalid,
  definePhase,
  injected,
  tenantFromHeader,
  type InjectedRef,
  type Strategy,
} from 'nest-auth-plug';
import type { OAuth2Settings } from 'nest-auth-plug/strategies/oauth2';
import type { FakeProviderOptions } from 'nest-auth-plug/testing';
import { mailedApp, type Addressee } from '../../rooms/mailed-app.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import { codeApp, signIn, type CodeApp, type CodeAppOptions } from './setup.js';

/** Where an app keeps what it shows its provider. */
@Injectable()
class Vault {
  prefix = 'secret';

  read(name: string | null): Promise<string> {
    return Promise.resolve(`${this.prefix} of ${name ?? 'all'}`);
  }
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const KEY = Symbol('key');

@Module({
  providers: [
    Vault,
    { provide: 'CLIENT', useValue: 'injected-client' },
    { provide: KEY, useFactory: () => Promise.resolve({ pem, algorithm: 'ES256' }) },
    { provide: 'TRANSIENT', useClass: Vault, scope: Scope.TRANSIENT },
    { provide: 'REQUEST', useClass: Vault, scope: Scope.REQUEST },
  ],
})
class VaultModule {}

type Code = Partial<OAuth2Settings<Addressee>>;
const byVault = injected(Vault, (vault, { tenant }) => vault.read(tenant));

describe("what the provider is shown, out of Nest's container,", () => {
  let app: CodeApp;
  afterEach(() => app.close());

  const open = async (code: Code, more: CodeAppOptions = {}, provider: FakeProviderOptions = {}) => {
    const takesClientSecret = (secret: string) => secret.startsWith('secret of');
    const told = { clientAuthentication: 'post', ...code } as const;
    app = await codeApp({
      code: told,
      imports: [VaultModule],
      provider: { takesClientSecret, ...provider },
      ...more,
    });
  };
  const shown = () => app.provider.received.filter(({ path }) => path === '/token').map((one) => one.parameters);

  it.each<[string, Code, object]>([
    ['a secret by its class', { clientSecret: byVault }, { client_secret: 'secret of all' }],
    [
      'a secret of a part that each has for itself',
      { clientSecret: injected('TRANSIENT', (vault: Vault) => vault.read('one')) },
      { client_secret: 'secret of one' },
    ],
    [
      'a client by the token of a value',
      { clientId: injected('CLIENT', (id: string) => id), clientSecret: 'secret of old' },
      { client_id: 'injected-client', client_secret: 'secret of old' },
    ],
  ])('may be %s', async (_, code, expected) => {
    await open(code, {}, { clientId: 'clientId' in code ? 'injected-client' : undefined });

    expect(await signIn(app, app.client())).toMatchObject({ status: 200, body: { user: { name: 'Ada Lovelace' } } });
    expect(shown()).toMatchObject([expected]);
  });

  it('may be a key', async () => {
    await open({
      clientAuthentication: 'private_key_jwt',
      clientSecret: undefined,
      privateKey: injected(KEY, (key: { pem: string; algorithm: string }) => key),
    });
    await signIn(app, app.client());

    const [{ client_assertion: assertion = '' } = {}] = shown();
    const { payload } = await jwtVerify(assertion, publicKey);
    expect(payload).toMatchObject({ iss: app.provider.client.id, sub: app.provider.client.id });
  });

  it('is asked for anew by each request, and says what is right by then', async () => {
    await open({ clientSecret: byVault });
    await signIn(app, app.client());
    app.nest.get(Vault, { strict: false }).prefix = 'another secret';

    expect(await signIn(app, app.client())).toMatchObject({ status: 401 });
    expect(shown().at(-1)).toMatchObject({ client_secret: 'another secret of all' });
  });

  it('[ASVS 10.2.2] knows the tenant', async () => {
    const tenants = {
      resolve: tenantFromHeader('x-tenant'),
      publicUrl: (tenant: string) => `https://${tenant}.example`,
    };
    await open({ clientSecret: byVault }, { user: { tenantField: 'orgId' }, app: { tenants } });

    expect(await signIn(app, visitorOf(app, 'acme'))).toMatchObject({ status: 200 });
    expect(shown()).toMatchObject([{ client_secret: 'secret of acme' }]);
  });

  it('is of the app that is asked, where two have one strategy', async () => {
    class OtherVault extends Vault {
      override prefix = 'secret of other';
    }
    @Module({ providers: [{ provide: Vault, useClass: OtherVault }] })
    class OtherModule {}
    await open({ clientSecret: byVault });
    const strategies = () => app.users.strategies.filter(({ name }) => name === 'oauth2');
    const other = await mailedApp({ strategies, imports: [OtherModule] });
    try {
      await app.provider.signIn(other.client(), '/auth/user/oauth2');
      await signIn(app, app.client());
    } finally {
      await other.close();
    }

    expect(shown()).toMatchObject([{ client_secret: 'secret of other of all' }, { client_secret: 'secret of all' }]);
  });
});

describe('an app whose strategies want parts of it', () => {
  const wanting = (injects: Strategy<Addressee>['injects'], asks: InjectedRef<Vault> = Vault): Strategy<Addressee> => ({
    name: 'wanting',
    injects,
    columns: { email: { type: 'text', private: false, unique: true, kind: 'email' } },
    phases: [
      definePhase({
        name: 'ask',
        methods: ['POST'],
        fields: {},
        actor: 'anyone',
        run: async (ctx) => ({ kind: 'done', result: { secret: await ctx.inject(asks).read('mine') } }),
      }),
    ],
  });
  const open = (strategy: Strategy<Addressee>) => mailedApp({ strategies: () => [strategy], imports: [VaultModule] });
  const problemsOf = async (strategy: Strategy<Addressee>): Promise<string> => {
    const error: unknown = await open(strategy).catch((reason: unknown) => reason);
    if (!(error instanceof ConfigurationInvalid)) throw new Error('Expected a start that fails');
    return error.problems.map(({ where, wrong, cure }) => `${where}: ${wrong} → ${cure}`).join('\n');
  };

  it('gives them to strategies of its own too', async () => {
    const app = await open(wanting({ vault: [Vault] }));

    expect(await app.client().post('/auth/user/wanting/ask')).toMatchObject({ body: { secret: 'secret of mine' } });
    await app.close();
  });

  it('gives them no part that they have not named', async () => {
    const app = await open(wanting({}));

    expect(await app.client().post('/auth/user/wanting/ask')).toMatchObject({ status: 500 });
    expect(app.logged.join('\n')).toContain('No room names Vault in `injects`');
    await app.close();
  });

  it.each<[string, InjectedRef, RegExp]>([
    [
      'nobody provides',
      'NOBODYS',
      /^resources\.user\.wanting\.vault: cannot be made: nobody provides NOBODYS → pass the/,
    ],
    ['is made for each request', 'REQUEST', /REQUEST is request-scoped, .* → leave `scope` out/],
    [
      'throws when it is made',
      class extends Vault {
        override prefix = fail();
      },
      /its constructor threw RangeError/,
    ],
  ])('does not start where one of them %s', async (_, ref, words) => {
    const problems = await problemsOf(wanting({ vault: [Vault, ref] }));

    expect(problems).toMatch(words);
    expect(problems).not.toContain('hunter2');
  });
});

function fail(): string {
  throw new RangeError('no such place: https://ada:hunter2@vault.example');
}
