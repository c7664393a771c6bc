import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'nest-auth-plug/testing';
import { whoIsIn } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import {
  CALLBACK,
  codeApp,
  comeBack,
  leave,
  leaveBy,
  REFUSED,
  signIn,
  type CodeApp,
  type CodeAppOptions,
} from './setup.js';

let app: CodeApp;
afterEach(() => app.close());

async function visit(options: CodeAppOptions = {}): Promise<Client> {
  app = await codeApp(options);
  return app.client();
}

const asked = (path: string) => app.provider.received.filter((one) => one.path === path);

describe('what a browser brings back', () => {
  it.each<[string, Readonly<Record<string, string | undefined>>]>([
    ['another state', { state: 'x'.repeat(43) }],
    ['no state', { state: undefined }],
    ['an empty state', { state: '' }],
  ])('[RFC 9700 §4.7] [ASVS 10.1.2] is refused with %s, and nothing is spent or asked', async (_, change) => {
    const browser = await visit();
    const brought = await leave(app, browser);
    const changed = Object.entries({ ...brought, ...change }).filter(([, value]) => value !== undefined);

    expect(await comeBack(browser, Object.fromEntries(changed))).toMatchObject({ ...REFUSED, setCookies: [] });

    expect(asked('/token')).toEqual([]);
    expect(await comeBack(browser, brought)).toMatchObject({ status: 200 });
  });

  it('[RFC 9700 §4.7] is refused where the state comes twice', async () => {
    const browser = await visit();
    const { state = '', code = '' } = await leave(app, browser);

    const answer = await browser.get(`${CALLBACK}?state=${state}&state=${state}&code=${code}`);

    expect(answer).toMatchObject({ status: 422 });
    expect(asked('/token')).toEqual([]);
  });

  it('[RFC 9700 §4.5] [RFC 9700 §4.7] [ASVS 10.1.2] is worth nothing in another browser, nor with the code of another', async () => {
    const victim = await visit();
    const brought = await leave(app, victim);
    const attacker = app.client();
    const own = await leave(app, attacker);

    expect(await comeBack(attacker, brought)).toMatchObject(REFUSED);
    expect(await comeBack(app.client(), brought)).toMatchObject(REFUSED);
    // Its own state with the code of another: the provider compares the verifier.
    expect(await comeBack(attacker, { ...own, code: brought['code'] })).toMatchObject(REFUSED);
    expect(await signInRows(app)).toEqual([]);
  });

  it('[RFC 9700 §4.7] [ASVS 10.1.2] is worth nothing the second time, nor after ten minutes', async () => {
    const browser = await visit();
    const brought = await leave(app, browser);
    const cookies = [...browser.cookies];
    await comeBack(browser, brought);
    for (const [name, value] of cookies) browser.cookies.set(name, value);

    expect(await comeBack(browser, brought)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });

    const late = app.client();
    const lateBrought = await leave(app, late);
    app.clock.advance(601);
    expect(await comeBack(late, lateBrought)).toMatchObject(REFUSED);
    expect(asked('/token')).toHaveLength(1);
  });

  it('[RFC 9700 §4.7] is spent before the provider is asked, and stays so whatever it answers', async () => {
    const browser = await visit();
    const brought = await leave(app, browser);
    app.provider.lies = { answers: { token: { status: 500, body: '' } } };
    const cookies = [...browser.cookies];
    expect(await comeBack(browser, brought)).toMatchObject({ status: 401, body: { code: 'ERR_PROVIDER_FAILED' } });
    app.provider.lies = {};
    for (const [name, value] of cookies) browser.cookies.set(name, value);

    expect(await comeBack(browser, brought)).toMatchObject({ status: 422 });
  });

  it('[RFC 9700 §4.4] [ASVS 10.2.2] is worth nothing for another resource, whose flow has a cookie of its own', async () => {
    const browser = await visit();
    const brought = await leave(app, browser);
    const query = new URLSearchParams(Object.entries(brought)).toString();

    expect(await browser.get(`/auth/admin/oauth2/callback?${query}`)).toMatchObject(REFUSED);
    expect(asked('/token')).toEqual([]);
  });

  it('[RFC 9700 §4.4] [ASVS 10.2.2] is refused where the client is another by now', async () => {
    let clientId = 'test-client';
    const browser = await visit({ code: { clientId: () => clientId } });
    const brought = await leave(app, browser);
    clientId = 'another-client';

    expect(await comeBack(browser, brought)).toMatchObject(REFUSED);
    expect(asked('/token')).toEqual([]);
  });

  it.each<[string, string | undefined, boolean | undefined, number]>([
    ['of another issuer', 'https://evil.example', undefined, 401],
    ['that is missing where the provider promises it', undefined, true, 401],
    ['that is missing where it does not', undefined, undefined, 200],
  ])('[RFC 9207 §2.4] [ASVS 10.2.2] with an `iss` %s', async (_, iss, requireIssuer, status) => {
    const browser = await visit({ code: { requireIssuer } });
    app.provider.lies = { callback: { iss } };

    expect(await signIn(app, browser)).toMatchObject({ status });
    expect(asked('/token')).toHaveLength(status === 200 ? 1 : 0);
  });

  it('takes any `iss` where the app named no issuer', async () => {
    const browser = await visit({ code: { issuer: undefined } });
    app.provider.lies = { callback: { iss: 'https://elsewhere.example' } };

    expect(await signIn(app, browser)).toMatchObject({ status: 200 });
  });

  it('[RFC 9700 §4.10] is refused with an error of the provider, whose words appear nowhere, and whoever was signed in stays so', async () => {
    const browser = await visit();
    await signIn(app, browser);
    app.provider.lies = {
      callback: { code: undefined, error: 'access_denied<script>', error_description: '<script>' },
    };

    const answer = await signIn(app, browser);

    expect(answer).toMatchObject(REFUSED);
    expect(answer.text + app.logged.join()).not.toContain('script');
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('[RFC 9700 §4.10] is refused without a code', async () => {
    const browser = await visit();
    app.provider.lies = { callback: { code: undefined } };

    expect(await signIn(app, browser)).toMatchObject(REFUSED);
  });
});

describe('who sends a browser away', () => {
  it('[RFC 9700 §4.11] cannot add or replace a parameter by the request', async () => {
    const browser = await visit();

    const { headers } = await browser.get(
      '/auth/user/oauth2?redirect_uri=https://evil.example&scope=all&prompt=none&state=x',
    );

    const { searchParams } = new URL(headers.get('location') ?? '');
    expect(searchParams.get('redirect_uri')).toBe(`http://localhost:3000${CALLBACK}`);
    expect([searchParams.get('scope'), searchParams.get('prompt')]).toEqual(['profile email', null]);
    expect(searchParams.get('state')).not.toBe('x');
  });

  it('[RFC 9700 §4.7] links by no flow of a sign-in, and signs in by none of a link', async () => {
    const browser = await visit();
    await signIn(app, browser);
    app.provider.account = { sub: 'bob', email: 'bob@example.com' };
    const brought = await leaveBy(app, browser, 'link');
    const bare = app.client();
    for (const [name, value] of browser.cookies) if (name.includes('flow')) bare.cookies.set(name, value);

    // The flow says "link", and in this browser nobody is signed in.
    expect(await comeBack(bare, brought)).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
  });

  it('[RFC 7636 §4] leaves the challenge out only by an option of a long name', async () => {
    const browser = await visit({ code: { dangerouslyWithoutPkce: true } });

    expect(await signIn(app, browser)).toMatchObject({ status: 200 });

    const [sent] = asked('/authorize');
    expect(sent?.parameters).not.toHaveProperty('code_challenge');
  });
});
