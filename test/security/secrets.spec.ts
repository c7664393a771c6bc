import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataLayerAdapter } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { AuthTestApp, Client, Platform } from 'nest-auth-plug/testing';
import { keepOpen } from './lasting.js';
import { ADA, isIn, opens, register, signIn, tokenIn, visit, type Visit } from './visit.js';

function newSecret(): string {
  return randomBytes(48).toString('base64');
}

describe.each<Platform>(['express', 'fastify'])('an exchange of secrets on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function start(secrets: readonly string[], dataLayer: DataLayerAdapter): Promise<Visit> {
    const visited = await visit(platform, { app: { dataLayer, app: { secrets } } });
    open.push(visited.app);
    return visited;
  }

  /** The same browser, at the same app after a restart. */
  function again(browser: Client, { app }: Visit): Client {
    const returned = app.client();
    for (const [name, value] of browser.cookies) returned.cookies.set(name, value);
    return returned;
  }

  it('[ASVS 13.3.4] signs nobody out, and ends what the old one signed when that is taken out', async () => {
    const store = keepOpen(memoryDataLayer());
    const [old, fresh] = [newSecret(), newSecret()];
    const before = await start([old], store);
    const browser = before.app.client();
    const token = tokenIn(await register(browser));
    await before.app.client().post('/auth/user/password/reset-request', { json: { email: ADA } });
    await before.app.idle();
    const resetToken = before.outbox.last(ADA).link?.searchParams.get('token');

    const both = await start([fresh, old], store);
    expect([await isIn(again(browser, both)), await opens(both.app, token)]).toEqual([true, true]);
    const returned = again(browser, both);
    const newToken = tokenIn(await signIn(returned));

    const after = await start([fresh], store);
    expect([await isIn(again(returned, after)), await opens(after.app, newToken)]).toEqual([true, true]);
    expect(await opens(after.app, token)).toBe(false);
    const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
    const late = await after.app.client().post('/auth/user/password/reset', { json: { resetToken, ...typed } });
    expect(late).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
  });
});

describe('production', () => {
  it('[ASVS 13.4.2] starts with nothing that is for development: no plain http, no store that forgets', async () => {
    const about = { environment: 'production', secrets: [newSecret()] } as const;

    const plain = visit('express', { app: { app: { ...about, publicUrl: 'http://app.example' } } });
    await expect(plain).rejects.toThrow(/publicUrl: is plain http/);
    await expect(plain).rejects.toThrow(/dataLayer: .* forgets everything/);
    const unsaid = visit('express', { app: { app: { secrets: [newSecret()], publicUrl: 'https://app.example' } } });
    await expect(unsaid).rejects.toThrow(/dataLayer: .* forgets everything/);
  });
});
