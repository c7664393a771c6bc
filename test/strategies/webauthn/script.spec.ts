import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { scriptFile } from './make-script.mjs';
import { PASSKEYS, passkeysApps } from './passkeys-app.js';

const PATH = `${PASSKEYS}/passkeys.js`;

describe.each<Platform>(['express', 'fastify'])('the script of passkeys on %s', (platform) => {
  const { boot } = passkeysApps(platform);

  it('is JavaScript that browsers keep for a while, and ask for again by its tag', async () => {
    const app = await boot();
    const browser = app.client();

    const { status, headers, text, setCookies } = await browser.get(PATH);
    expect([status, headers.get('content-type'), headers.get('cache-control'), setCookies]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'private, max-age=300',
      [],
    ]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).not.toMatch(/^\s*(import|export)\b/m);
    expect(text).toContain('"sign-in-options":"/auth/user/webauthn/sign-in-options"');

    const etag = headers.get('etag') ?? '';
    const again = await browser.get(PATH, { headers: { 'if-none-match': `"other", ${etag}` } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    expect(await browser.get(PATH, { headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
  });

  it('knows where the phases are, wherever the app has put them, and none that have no route', async () => {
    const routes = { 'sign-in': { path: 'in' }, verify: { enabled: false } };
    const app = await boot({ passkeys: { routes }, configure: (nest) => nest.setGlobalPrefix('v1') });

    const { text } = await app.client().get(`/v1${PATH}`);

    expect(text).toContain('"sign-in":"/v1/auth/user/webauthn/in"');
    expect(text).not.toContain('"verify"');
  });
});

describe('the text of the script', () => {
  it('is the client of bundlers, made anew: node test/strategies/webauthn/make-script.mjs', () => {
    expect(readFileSync('lib/strategies/webauthn/webauthn.script.ts', 'utf8')).toBe(scriptFile());
  });
});
