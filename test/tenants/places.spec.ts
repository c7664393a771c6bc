import { request } from 'node:http';
import { Controller, Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { JsonAuthPlug, LoadFromSession, tenantFromHost, tenantFromPath } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, AUTH, register, signIn, type RoomsApp } from '../rooms/rooms-app.js';
import { PASSWORD } from '../users.js';
import { tenantsApp, visitorOf } from './tenants-app.js';

const ORIGIN = (tenant: string) => `https://${tenant}.app.example`;

@Controller('t/:tenant/auth')
class PathPlug extends JsonAuthPlug {}

@Module({})
class LoadingModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LoadFromSession).forRoutes('{*path}');
  }
}

describe.each<Platform>(['express', 'fastify'])('a tenant of its own place on %s', (platform) => {
  let app: RoomsApp;
  afterEach(() => app.close());

  it('gets links to its own host, and its sender is told whose they are', async () => {
    app = await tenantsApp({ platform }, { publicUrl: ORIGIN });
    await register(visitorOf(app, 'acme'));
    await visitorOf(app, 'acme').post(`${AUTH}/link/request`, { json: { email: ADA } });
    await app.idle();
    expect(app.outbox.last(ADA)).toMatchObject({ tenant: 'acme', user: { orgId: 'acme' } });
    expect(app.outbox.last(ADA).link?.href).toMatch('https://acme.app.example/auth/user/link/sign-in?token=');
    await visitorOf(app, 'acme').post(`${AUTH}/password/reset-request`, { json: { email: ADA } });
    await app.idle();
    expect(app.outbox.last(ADA).link?.href).toMatch('https://acme.app.example/reset?');
  });

  it('sends nothing for an Ada whom only another tenant has', async () => {
    app = await tenantsApp({ platform }, { publicUrl: ORIGIN });
    await register(visitorOf(app, 'acme'));
    expect(await visitorOf(app, 'beta').post(`${AUTH}/link/request`, { json: { email: ADA } })).toMatchObject({
      status: 200,
    });
    await app.idle();
    expect(app.outbox.messages).toHaveLength(0);
  });

  it.each([
    'evil.example/',
    'evil.example#',
    'evil.example?',
    'evil.example\\',
    'evil.example:80@',
    'eve@evil.example/',
  ])('has no link and no form where its id, %j, would make another host of its address', async (tenant) => {
    app = await tenantsApp({ platform }, { publicUrl: ORIGIN });
    const eve = visitorOf(app, tenant);
    expect(await register(eve)).toMatchObject({ status: 400, body: { code: 'ERR_NO_TENANT' } });
    const row = { id: '1', email: ADA, name: null, passwordHash: null, factorCode: null };
    await app.data.forTenant(tenant).insert(app.users.model, row);
    expect(await eve.post(`${AUTH}/link/request`, { json: { email: ADA } })).toMatchObject({ status: 400 });
    await app.idle();
    expect(app.outbox.messages).toHaveLength(0);
  });

  it('takes forms of its own pages and of the app, and none of another tenant', async () => {
    app = await tenantsApp({ platform }, { publicUrl: ORIGIN });
    await register(visitorOf(app, 'acme'));
    const from = (origin: string) =>
      visitorOf(app, 'acme').post(`${AUTH}/password/sign-in`, {
        form: { email: ADA, password: PASSWORD },
        headers: { origin, 'sec-fetch-site': 'same-site' },
      });
    expect(await from('https://acme.app.example')).toMatchObject({ status: 200 });
    expect(await from('http://localhost:3000')).toMatchObject({ status: 200 });
    expect(await from('https://beta.app.example')).toMatchObject({
      status: 403,
      body: { code: 'ERR_CROSS_SITE_REFUSED' },
    });
  });

  it('is known by its host, and by none that a proxy whom nobody trusts claims', async () => {
    app = await tenantsApp({ platform }, { resolve: tenantFromHost('app.example') });
    const json = { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD };
    const at = (host: string, phase: string) => postAs(app.url, host, `${AUTH}/password/${phase}`, json);
    expect(await at('acme.app.example', 'register')).toMatchObject({ status: 200, body: { user: { orgId: 'acme' } } });
    expect(await at('ACME.app.example:443', 'sign-in')).toMatchObject({
      status: 200,
      body: { user: { orgId: 'acme' } },
    });
    expect(await at('beta.app.example', 'sign-in')).toMatchObject({ status: 401 });
    expect(await at('app.example', 'sign-in')).toMatchObject({ status: 400, body: { code: 'ERR_NO_TENANT' } });
  });

  it('is known by its host to a middleware that comes before everything', async () => {
    app = await tenantsApp({ platform, imports: [LoadingModule] }, { resolve: tenantFromHost('app.example') });
    const json = { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD };
    const at = (host: string) => postAs(app.url, host, `${AUTH}/password/register`, json);
    expect(await at('acme.app.example:80')).toMatchObject({ status: 200, body: { user: { orgId: 'acme' } } });
    expect(await at('app.example')).toMatchObject({ status: 400 });
  });

  it('is known by its path, which its links have as well', async () => {
    app = await tenantsApp({ platform, plug: PathPlug }, { resolve: tenantFromPath('/t/:tenant') });
    const base = (tenant: string) => `/t/${encodeURIComponent(tenant)}/auth/user`;
    const tenant = 'a/b ?&:';
    expect(await register(app.client(), ADA, base(tenant))).toMatchObject({
      status: 200,
      body: { user: { orgId: tenant } },
    });
    expect(await signIn(app.client(), {}, base('other'))).toMatchObject({ status: 401 });
    await app.client().post(`${base(tenant)}/link/request`, { json: { email: ADA } });
    await app.idle();
    const link = app.outbox.last(ADA).link ?? new URL('nowhere:');
    expect(link.pathname).toBe(`${base(tenant)}/link/sign-in`);
    expect(await app.client().get(link.pathname + link.search)).toMatchObject({ status: 200 });
    expect(await app.client().get(`${base('other')}/link/sign-in${link.search}`)).toMatchObject({ status: 422 });
    expect(await app.client().get(`/t/acme/auth/nowhere`)).toMatchObject({
      status: 404,
      body: { code: 'ERR_NOT_FOUND' },
    });
    const wrong = await app.client().get(`${base(tenant)}/password/sign-in`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});

/** `fetch` sends no `Host` but that of the URL. */
function postAs(url: string, host: string, path: string, json: object): Promise<{ status?: number; body: unknown }> {
  const headers = { host, 'content-type': 'application/json', 'x-forwarded-host': 'acme.app.example' };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }));
    });
    sent.on('error', reject).end(JSON.stringify(json));
  });
}
