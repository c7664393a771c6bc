import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, FakeClock, type Platform } from 'nest-auth-plug/testing';
import { startSample, startSampleAt, type Sample } from './start-sample.js';

const PASSWORD = 'a pear tree in the valley';
const ADA = { email: 'Ada@Example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
const AUTH = '/auth/user/password';

describe.each<Platform>(['express', 'fastify'])('a program at the sample app on %s', (platform) => {
  let sample: Sample;
  let client: Client;
  beforeEach(async () => {
    sample = await startSample(platform);
    client = new Client(sample.url);
  });
  afterEach(() => sample.close());

  it('sends JSON, gets the user and a token, and calls the API with it', async () => {
    const registered = await client.post(`${AUTH}/register`, { json: ADA });
    expect(registered).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com', name: 'Ada' } } });
    const { token } = registered.body as { token: string };

    const known = await new Client(sample.url).get('/api', { headers: { authorization: `Bearer ${token}` } });
    expect(known).toMatchObject({ status: 200, body: { message: 'Hello Ada', user: { name: 'Ada' } } });
    expect(known.text).not.toContain('passwordHash');

    expect(await client.get('/api')).toMatchObject({ status: 401 }); // a cookie is no bearer token
  });

  it('is told in JSON what is wrong', async () => {
    await client.post(`${AUTH}/register`, { json: ADA });

    expect(await client.post(`${AUTH}/register`, { json: ADA })).toMatchObject({
      status: 422,
      body: { code: 'ERR_INVALID_INPUT', problems: [{ field: 'email', code: 'taken' }] },
    });
    expect(await client.post(`${AUTH}/sign-in`, { json: { ...ADA, password: 'no' } })).toMatchObject({ status: 401 });
    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
  });

  it('gets a 401 from a page where it asks for JSON, and the way to sign in where it does not', async () => {
    expect(await client.get('/devices', { headers: { accept: 'application/json' } })).toMatchObject({ status: 401 });

    const sent = await client.get('/devices?x=1&y=2');
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/sign-in?returnTo=%2Fdevices%3Fx%3D1%26y%3D2']);
  });

  it('posts forms and is redirected, back to where it came from too', async () => {
    const registered = await client.post(`${AUTH}/register`, { form: ADA });
    expect([registered.status, registered.headers.get('location')]).toEqual([303, '/']);

    const phone = new Client(sample.url);
    const back = await phone.post(`${AUTH}/sign-in`, { form: { ...ADA, returnTo: '/devices' } });
    expect(back.headers.get('location')).toBe('/devices');
    const away = await new Client(sample.url).post(`${AUTH}/sign-in`, { form: { ...ADA, returnTo: '//evil.example' } });
    expect(away.headers.get('location')).toBe('/');
  });

  it('keeps returnTo over a wrong password, and nothing of what was typed', async () => {
    const wrong = { email: 'ada@example.com', password: 'wrong', returnTo: '/devices' };

    const refused = await client.post(`${AUTH}/sign-in`, { form: wrong });

    const location = '/sign-in?problem=ERR_AUTHENTICATION_FAILED&returnTo=%2Fdevices';
    expect([refused.status, refused.headers.get('location')]).toEqual([303, location]);
  });

  it('finds no words of a link in a page', async () => {
    const page = await client.get(
      '/sign-in?problem=<b>Call+0800</b>&notice=constructor&fields=email.<i>&returnTo="><b>',
    );

    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.text).toContain('That did not work.');
    expect(page.text).not.toMatch(/<b>|<i>|0800|function/);
  });

  it('finds the outbox only under a name of this machine', async () => {
    expect(await client.get('/dev/outbox')).toMatchObject({ status: 200 });

    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80']) {
      const answer = await get(sample.url, '/dev/outbox', host);
      expect([host, answer]).toEqual([host, 404]);
    }
  });
});

const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

// A machine without a network has no such address.
(address === undefined ? describe.skip : describe)('a program on another address', () => {
  it.each<Platform>(['express', 'fastify'])('finds no outbox on %s, whatever host it names', async (platform) => {
    const sample = await startSample(platform, '0.0.0.0');
    const outside = Object.assign(new URL(sample.url), { hostname: address }).href;

    const answers = [await get(outside, '/sign-in', 'localhost'), await get(outside, '/dev/outbox', 'localhost')];
    await sample.close();

    expect(answers).toEqual([200, 404]);
  });
});

describe('a device that signed in long ago', () => {
  it('is asked to show something once more before it signs another one out', async () => {
    const clock = new FakeClock();
    const sample = await startSampleAt(clock);
    const client = new Client(sample.url);
    await client.post(`${AUTH}/register`, { json: ADA });
    clock.advance(10 * 60 + 1);

    const headers = { origin: sample.url };
    const refused = await client.post('/auth/user/session/end', { form: { listId: 'others' }, headers });
    await sample.close();

    const location = '/verify?returnTo=%2Fdevices&by=password';
    expect(refused.headers.get('location')).toBe(location);
  });
});

/** `fetch` sets the host itself. */
function get(url: string, path: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(path, url), { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
      .once('error', reject)
      .end();
  });
}
