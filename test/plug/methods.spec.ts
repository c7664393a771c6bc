import { Controller } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthPlug, type AuthContext } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Client, type ClientRequest, type Platform } from 'nest-auth-plug/testing';
import { operationOf, signInsModel } from '../../lib/sessions/index.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource, type User } from '../users.js';

type Act = (plug: AuthPlug<User>, ctx: AuthContext) => unknown;

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
const SESSION = '__Host-user-session';

describe.each<Platform>(['express', 'fastify'])('the methods of a plug on %s', (platform) => {
  let app: AuthTestApp;
  let act: Act;
  afterEach(() => app.close());

  /** An app with users and admins, whose plug does what a test says wherever nothing else is. */
  async function boot() {
    @Controller('auth')
    class ActingPlug extends AuthPlug<User> {
      override async handleSuccess(ctx: AuthContext, _: unknown, user: User | null, token: string | null) {
        await this.storeInSession(ctx, user);
        return { user, token };
      }
      override async handleFailure(ctx: AuthContext) {
        return { came: await act(this, ctx) };
      }
    }
    const hashing = { hashProvider: new FakeHashProvider() };
    const { resource: users } = userResource({}, hashing);
    const { resource: admins } = userResource({ subjectName: 'admin', table: 'admins' }, hashing);
    app = await authTestApp({ platform, plug: ActingPlug, resources: [users, admins] });
    return app.client();
  }

  const register = async (browser: Client, subjectName = 'user') => {
    const { body } = await browser.post(`/auth/${subjectName}/password/register`, { json: ADA });
    return body as { readonly token: string; readonly user: User };
  };
  const ask = async (browser: Client, what: Act, request: ClientRequest = {}) => {
    act = what;
    return (await browser.get('/auth/nowhere', request)).body as { readonly came: unknown };
  };
  const bearer = (token: string): ClientRequest => ({ headers: { authorization: `Bearer ${token}` } });
  const live = async () =>
    (await app.data.forTenant('').findMany(signInsModel, { endedAt: null }, { orderBy: 'id', limit: 9 })).length;

  it('load every resource that somebody is signed in to, and refuse nobody', async () => {
    const browser = await boot();
    const { token } = await register(browser);
    await register(browser, 'admin');
    const bySession: Act = async (plug, ctx) => (await plug.loadFromSession(ctx), [...ctx.users.keys()]);
    const byBearer: Act = async (plug, ctx) => (await plug.loadFromBearer(ctx), [...ctx.users.keys()]);

    expect(await ask(browser, bySession)).toEqual({ came: ['user', 'admin'] });
    expect(await ask(app.client(), byBearer, bearer(token))).toEqual({ came: ['user'] });
    for (const request of [{}, bearer('garbage'), { headers: { cookie: `${SESSION}=garbage` } }]) {
      expect(await ask(app.client(), bySession, request)).toEqual({ came: [] });
      expect(await ask(app.client(), byBearer, request)).toEqual({ came: [] });
    }
  });

  it('end what verifies, and nothing for want of a credential or by one that anybody could write', async () => {
    const browser = await boot();
    const { token } = await register(browser);
    const end: Act = async (plug, ctx) => [await plug.revokeSessionTokens(ctx), await plug.revokeBearerTokens(ctx)];
    const [head = '', claims = ''] = token.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;

    for (const forged of ['garbage', unsigned, `${head}.${claims}.${'A'.repeat(43)}`]) {
      expect(await ask(app.client(), end, bearer(forged))).toEqual({ came: [0, 0] });
    }
    expect(await ask(app.client(), end)).toEqual({ came: [0, 0] });
    expect(await ask(app.client(), end, { headers: { cookie: `${SESSION}=garbage` } })).toEqual({ came: [0, 0] });
    expect(await live()).toBe(1);
    expect(await ask(app.client(), end, bearer(token))).toEqual({ came: [0, 1] });
    expect(await ask(browser, end, bearer(token))).toEqual({ came: [0, 0] });
    expect(await live()).toBe(0);
  });

  it('say whom the request is about, of the resources that there are', async () => {
    const browser = await boot();
    const name: Act = (plug, ctx) => (plug.setActor(ctx, 'admin'), operationOf(ctx).actorName);
    const unknown: Act = (plug, ctx) => {
      expect(() => plug.setActor(ctx, 'robot')).toThrow(TypeError);
      return operationOf(ctx).actorName;
    };

    expect(await ask(browser, name)).toEqual({ came: 'admin' });
    expect(await ask(browser, unknown)).toEqual({ came: null });
  });

  it('take the cookies of every resource off, and end nothing', async () => {
    const browser = await boot();
    await register(browser);
    await register(browser, 'admin');

    await ask(browser, (plug, ctx) => plug.clearSession(ctx));

    expect([...browser.cookies.keys()].filter((name) => name.endsWith('-session'))).toEqual([]);
    expect(await live()).toBe(2);
  });
});
