import { request as httpRequest } from 'node:http';
import { Controller, Post, Req } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import { json, urlencoded } from 'express';
import type { AuthTestApp, AuthTestAppOptions, Platform } from 'nest-auth-plug/testing';
import { ADA, mountedApp, REGISTER, RIGHT, SIGN_IN } from './mounted-app.js';

@Controller('hook')
class HookController {
  @Post()
  hook(@Req() request: { readonly rawBody?: Buffer }): string {
    return request.rawBody?.toString() ?? 'none';
  }
}

/** Nest 11 has no parsers to fall back to where an app brings none. */
type Parser = (request: unknown, body: Buffer, done: (error: Error | null, body?: unknown) => void) => void;
const parseJson: Parser = (_request, body, done) => done(null, JSON.parse(body.toString()));
const parseForm: Parser = (_request, body, done) =>
  done(null, Object.fromEntries(new URLSearchParams(body.toString())));

describe.each<Platform>(['express', 'fastify'])('bodies on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(options: Partial<AuthTestAppOptions>) {
    const { app, client } = await mountedApp({ platform, ...options });
    open.push(app);
    const errors = () => app.logged.filter((line) => line.startsWith('error'));
    return { client, errors };
  }

  it('that nobody reads are refused, and the log says once what to do', async () => {
    const { client, errors } = await boot({ bodies: { bodyParser: false } });
    const answers = [
      await client.post(SIGN_IN, { form: RIGHT }),
      await client.post('/auth/user/session/sign-out', { form: RIGHT }),
      await client.post(REGISTER, { json: ADA }),
    ].map(({ status }) => status);

    // Fastify itself reads JSON; what it cannot read it refuses by itself.
    expect(answers).toEqual(platform === 'fastify' ? [415, 415, 200] : [415, 415, 415]);
    expect(errors()).toHaveLength(platform === 'fastify' ? 0 : 1);
    expect(errors().every((line) => line.includes('leave `bodyParser` on'))).toBe(true);
  });

  it('that are empty need no parser', async () => {
    const { client, errors } = await boot({ bodies: { bodyParser: false } });

    expect(await client.post('/auth/user/session/sign-out')).toMatchObject({ status: 200 });
    expect(await client.post(SIGN_IN)).toMatchObject({ status: 422 });
    expect(errors()).toEqual([]);
  });

  it('of a GET say nothing, read or not', async () => {
    const { app } = await mountedApp({ platform });
    open.push(app);
    const headers = { 'content-type': 'application/json', 'content-length': '2' };
    const list = httpRequest(new URL('/auth/user/session/list', app.url), { method: 'GET', headers });
    const status = await new Promise((resolve, reject) => {
      list.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
      list.end('{}');
    });

    expect(status).toBe(401);
    expect(app.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('are read by parsers of the app', async () => {
    const { client } = await boot({
      bodies: { bodyParser: false },
      configure: (nest) => {
        if (platform === 'express') nest.use(json(), urlencoded({ extended: true }));
        // A Nest app on this platform has the method.
        else (nest as NestFastifyApplication).useBodyParser('application/x-www-form-urlencoded', {}, parseForm);
      },
    });

    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 200 });
    client.cookies.clear();
    expect(await client.post(SIGN_IN, { form: RIGHT })).toMatchObject({ status: 200 });
  });

  it('are kept raw as well for whoever needs them', async () => {
    const { client } = await boot({ bodies: { rawBody: true }, controllers: [HookController] });

    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 200 });
    client.cookies.clear();
    expect(await client.post(SIGN_IN, { form: RIGHT })).toMatchObject({ status: 200 });
    expect(await client.post('/hook', { json: { a: 1 } })).toMatchObject({ text: '{"a":1}' });
  });

  it('have the size that the app says', async () => {
    const { client } = await boot({
      configure: (nest) => {
        // Nest apps of their platforms have the method.
        if (platform === 'express') (nest as NestExpressApplication).useBodyParser('json', { limit: 300 });
        else (nest as NestFastifyApplication).useBodyParser('application/json', { bodyLimit: 300 }, parseJson);
      },
    });
    const padded = (bytes: number) => ({ json: { ...ADA, returnTo: `/${'a'.repeat(bytes)}` } });

    expect(await client.post(REGISTER, padded(400))).toMatchObject({ status: 413 });
    expect(await client.post(REGISTER, padded(1))).toMatchObject({ status: 200 });
  });
});
