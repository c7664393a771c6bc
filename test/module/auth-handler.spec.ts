import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Controller, Get, Injectable } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import express, { type NextFunction, type Request, type Response } from 'express';
import fastify from 'fastify';
import {
  AuthReply,
  ConfigurationInvalid,
  createAuthHandler,
  defineOtpApp,
  JsonAuthPlug,
  Outage,
  type Activity,
  type AuthContext,
  type AuthError,
  type AuthHandler,
  type DataLayerAdapter,
  type OtpApp,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { Client, Outbox, type Platform } from 'nest-auth-plug/testing';
import { faultyDataLayer } from '../faulty-data-layer.js';
import { ADA, LINK_PAGE, LINK_REQUEST, REGISTER, RIGHT, SIGN_IN } from '../plug/mounted-app.js';
import { link } from '../rooms/link.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { newJwk } from '../tokens/signing-kit.js';
import { userResource, type User } from '../users.js';

@Injectable()
class Greeter {
  greet(name: string): string {
    return `Hello ${name}`;
  }
}

interface Native {
  readonly request: { readonly ip: string };
  readonly response: { send(body: string): unknown };
}

@Controller('auth')
class GreetingPlug extends JsonAuthPlug<User> {
  constructor(private readonly greeter: Greeter) {
    super();
  }

  @Get('jwks')
  jwks(): string {
    return 'a route of the app';
  }

  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    const answer = await super.handleSuccess(ctx, activity, user, token);
    return user === null ? answer : { ...answer, greeting: this.greeter.greet(user.name) };
  }
  override handleFailure(ctx: AuthContext, activity: Activity, reason: AuthError): AuthReply {
    if (ctx.headers.get('x-native').length > 0) {
      const { request, response } = ctx.native<Native>();
      response.send(`natively to ${request.ip}`);
      return AuthReply.answered();
    }
    if (reason.code !== 'ERR_LIMIT_EXCEEDED') return super.handleFailure(ctx, activity, reason);
    return AuthReply.text(`too often from ${ctx.client.address}`, 429);
  }
}

const outbox = new Outbox();
function appOf(
  dataLayer: DataLayerAdapter,
  change: Partial<Pick<OtpApp, 'name' | 'publicUrl' | 'signing'>> = {},
): OtpApp {
  const limits = { guessesPerAddress: [{ limit: 3, windowSeconds: 900 }] };
  const strategies = [link<User>(outbox)];
  const { resource } = userResource({ limits, strategies }, { hashProvider: new PlainHash() });
  return defineOtpApp({
    name: 'bare-app',
    plug: GreetingPlug,
    publicUrl: 'http://localhost:3000',
    secrets: ['k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM'],
    dataLayer,
    resources: [resource],
    ...change,
  });
}

interface Host {
  readonly client: Client;
  readonly setGone: (gone: boolean) => void;
  readonly auth: AuthHandler;
  close(): Promise<void>;
}

interface HostOptions {
  readonly prefix?: string | undefined;
  /** Where the handler is put. */
  readonly mountedAt?: string | undefined;
  /** Whether the host reads bodies before the handler is asked. */
  readonly parsed?: boolean;
  readonly signing?: OtpApp['signing'];
}

const nameOf = ({ users }: AuthContext) => (users.get('user') as User | undefined)?.name ?? 'nobody';

/** A bare Express app with routes, a 404 and an error handler of its own. */
async function expressHost({ prefix, mountedAt, parsed = false, signing }: HostOptions): Promise<Host> {
  const { adapter, setGone } = faultyDataLayer(memoryDataLayer());
  const auth = await createAuthHandler(appOf(adapter, { signing }), { providers: [Greeter], prefix });
  const app = express().set('trust proxy', 'loopback');
  if (parsed) app.use(express.json(), express.urlencoded());
  app.use((_request, response, next) => {
    response.setHeader('x-host', 'yes').setHeader('set-cookie', 'host=1');
    next();
  });
  if (mountedAt === undefined) app.use(auth.handler);
  else app.use(mountedAt, auth.handler);
  app.get('/me', (request, response, next) => {
    auth.load(request, response).then((ctx) => void response.send(nameOf(ctx)), next);
  });
  app.post('/echo', express.json(), (request, response) => void response.json(request.body));
  app.get('/broken', () => {
    throw new Error('a bug of the host');
  });
  app.use((_request, response) => void response.status(404).send('host: nothing'));
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(error instanceof Outage ? 503 : 500).send(`host: ${error.name}`);
  });
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const close = async () => {
    await new Promise((resolve) => server.close(resolve));
    await auth.close();
  };
  return { auth, setGone, close, client: new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

async function fastifyHost({ prefix, mountedAt, signing }: HostOptions): Promise<Host> {
  const { adapter, setGone } = faultyDataLayer(memoryDataLayer());
  const auth = await createAuthHandler(appOf(adapter, { signing }), {
    platform: 'fastify',
    providers: [Greeter],
    prefix,
  });
  const app = fastify({ trustProxy: 'loopback' });
  app.addHook('onRequest', async (_request, reply) => void reply.headers({ 'x-host': 'yes', 'set-cookie': 'host=1' }));
  app.setNotFoundHandler(async (_request, reply) => reply.status(404).send('host: nothing'));
  app.setErrorHandler<Error>(async (error, _request, reply) =>
    reply.status(error instanceof Outage ? 503 : 500).send(`host: ${error.name}`),
  );
  await app.register(auth.handler, mountedAt === undefined ? {} : { prefix: mountedAt });
  app.get('/me', async (request, reply) => nameOf(await auth.load(request, reply)));
  app.post('/echo', async ({ body }) => body);
  app.get('/broken', async () => Promise.reject(new Error('a bug of the host')));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const close = async () => {
    await app.close();
    await auth.close();
  };
  return { auth, setGone, close, client: new Client(url) };
}

const HOSTS = { express: expressHost, fastify: fastifyHost };

describe.each<Platform>(['express', 'fastify'])('the plug in a bare app on %s', (platform) => {
  const open: Host[] = [];
  afterEach(async () => {
    for (const host of open.splice(0)) await host.close();
    outbox.clear();
  });

  async function boot(options: HostOptions = {}): Promise<Host> {
    const host = await HOSTS[platform](options);
    open.push(host);
    return host;
  }

  it.each<[string, HostOptions, string]>([
    ['as it is', {}, ''],
    ['at its path', { mountedAt: '/auth' }, ''],
    ['behind a prefix', { prefix: 'api' }, '/api'],
    ['behind a prefix, at its path', { prefix: 'api', mountedAt: '/api/auth' }, '/api'],
    ['after bodies were read', { parsed: true }, ''],
  ])('signs in and out, mounted %s', async (_, options, base) => {
    const { client } = await boot(options);

    const registered = await client.post(`${base}${REGISTER}`, { json: ADA });
    expect(registered).toMatchObject({ status: 200, body: { greeting: 'Hello Ada' } });
    expect(registered.headers.get('x-host')).toBe('yes');
    const cookies = registered.setCookies.map((cookie) => cookie.split('=', 1)[0]);
    expect(cookies).toEqual(expect.arrayContaining(['host', '__Host-user-session']));
    expect(cookies).toHaveLength(new Set(cookies).size);
    expect(await client.get('/me')).toMatchObject({ status: 200, text: 'Ada' });
    expect(await client.post(`${base}/auth/user/session/sign-out`, { json: {} })).toMatchObject({ status: 200 });
    expect(await client.get('/me')).toMatchObject({ text: 'nobody' });
    expect(
      await client.post(`${base}${SIGN_IN}`, { form: RIGHT, headers: { origin: 'http://localhost:3000' } }),
    ).toMatchObject({ status: 200 });
    expect(await client.get('/me')).toMatchObject({ text: 'Ada' });
  });

  it('answers everything below it, and nothing else', async () => {
    const { client } = await boot();

    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await client.get('/auth')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    const wrong = await client.get(SIGN_IN);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    expect(await client.post(SIGN_IN, { json: {} })).toMatchObject({ status: 422 });
    const broken = { raw: '{"password":"plum', headers: { 'content-type': 'application/json' } };
    const unread = await client.post(SIGN_IN, broken);
    expect([unread.status, unread.text.includes('plum')]).toEqual([400, false]);

    expect(await client.get('/authority')).toMatchObject({ status: 404, text: 'host: nothing' });
    expect(await client.get('/nowhere')).toMatchObject({ status: 404, text: 'host: nothing' });
    expect(await client.get('/broken')).toMatchObject({ status: 500, text: 'host: Error' });
    expect(await client.post('/echo', { json: { a: 1 } })).toMatchObject({ status: 200, body: { a: 1 } });
  });

  it('counts by the address that the host believes', async () => {
    const { client } = await boot();
    const guess = (from: string) =>
      client.post(SIGN_IN, {
        json: { email: ADA.email, password: 'wrong wrong wrong' },
        headers: { 'x-forwarded-for': from },
      });
    for (let times = 0; times < 3; times += 1) expect(await guess('203.0.113.1')).toMatchObject({ status: 401 });

    expect(await guess('203.0.113.1')).toMatchObject({ status: 429, text: 'too often from 203.0.113.1' });
    expect(await guess('203.0.113.2')).toMatchObject({ status: 401 });
  });

  it('loads by the bearer token, which alone decides, and tells an outage from nobody', async () => {
    const { client, auth, setGone } = await boot();
    const { token } = (await client.post(REGISTER, { json: ADA })).body as { token: string };
    const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });

    expect(await client.get('/me', bearer(`${token}x`))).toMatchObject({ text: 'nobody' });
    client.cookies.clear();
    expect(await client.get('/me', bearer(token))).toMatchObject({ text: 'Ada' });
    setGone(true);
    const answers = [await client.get('/me', bearer(token)), await client.post(SIGN_IN, { json: RIGHT })];
    setGone(false);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(await auth.service.perform(['password', 'sign-in'], RIGHT)).toMatchObject({ user: { name: 'Ada' } });
  });

  it('lets a callback answer by itself, on the request that the host believes', async () => {
    const { client } = await boot();
    const headers = { 'x-native': 'yes', 'x-forwarded-for': '203.0.113.9' };

    expect(await client.get('/auth/nowhere', { headers })).toMatchObject({ text: 'natively to 203.0.113.9' });
  });

  it('takes a path in any case for what it is on this platform', async () => {
    const { client } = await boot({ prefix: 'api', mountedAt: platform === 'express' ? '/api' : undefined });
    const ours = { status: 405, body: { code: 'ERR_METHOD_NOT_ALLOWED' } };
    const hosts = { status: 404, text: 'host: nothing' };

    expect(await client.get(`/API${SIGN_IN.toUpperCase()}`)).toMatchObject(platform === 'express' ? ours : hosts);
    expect(await client.get('/API/other')).toMatchObject(hosts);
  });

  it('publishes the public keys of tokens where the plug is', async () => {
    const { client } = await boot({ prefix: 'api', signing: { algorithm: 'ES256', keys: [newJwk('ES256')] } });
    const { token } = (await client.post(`/api${REGISTER}`, { json: ADA })).body as { token: string };

    const keys = await client.get('/api/auth/.well-known/jwks.json');

    expect(keys).toMatchObject({ status: 200, body: { keys: [{ kid: decodeProtectedHeader(token).kid }] } });
    const known = { headers: { 'if-none-match': keys.headers.get('etag') ?? '' } };
    expect(await client.get('/api/auth/.well-known/jwks.json', known)).toMatchObject({ status: 304, text: '' });
    const wrong = await client.post('/api/auth/.well-known/jwks.json', { json: {} });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect(await client.get('/api/auth/jwks')).toMatchObject({ text: 'a route of the app' });
  });

  it('links to where it is', async () => {
    const { client, auth } = await boot({ prefix: 'api' });
    await client.post(`/api${REGISTER}`, { json: ADA });
    await client.post(`/api${LINK_REQUEST}`, { json: { email: ADA.email } });
    await auth.close(); // waits for the message
    const { link: sent } = outbox.last(ADA.email);

    expect(sent?.pathname).toBe(`/api${LINK_PAGE}`);
  });

  it('does not boot with what cannot work, and says so with every problem', async () => {
    const app = appOf(memoryDataLayer(), { name: 'Bare App', publicUrl: 'nowhere' });
    const bad = createAuthHandler(app, { platform, providers: [Greeter], logger: false });
    await expect(bad).rejects.toThrow(ConfigurationInvalid);
    await expect(bad).rejects.toThrow(/name: is not a kebab-case word[^]*publicUrl: is not a URL/);
  });

  it('says when it is mounted where it cannot be reached', async () => {
    const cure = /the plug is at \/auth, and the handler is mounted beside it[\s\S]*prefix: 'api'/;
    if (platform === 'fastify') await expect(boot({ mountedAt: '/api' })).rejects.toThrow(cure);
    else {
      const { client } = await boot({ mountedAt: '/api' });
      expect(await client.get('/api/auth/nowhere')).toMatchObject({ status: 500, text: 'host: ConfigurationInvalid' });
    }
  });
});
