import { afterEach, describe, expect, it } from '@jest/globals';
import { argon2id } from 'nest-auth-plug/hash-providers/argon2';
import { HashQueue } from 'nest-auth-plug/strategies/password';
import type { AuthTestApp, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { GatedHashProvider } from '../strategies/password/gated-hash-provider.js';
import { ADA, isIn, NO_LIMITS, register, signIn, visit } from './visit.js';

const FLOOD = 500;
/** What the queue holds: two at work and 128 waiting. */
const HELD = 130;
/** A machine may be as slow as it likes: nobody is refused here for having waited too long. */
const hashQueue = () => new HashQueue({ maxWaitSeconds: 60 });

describe.each<Platform>(['express', 'fastify'])('a flood on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 15.2.2] [ASVS 15.1.3] of 500 sign-ins at once delays nobody who hashes nothing, and hashes two at once', async () => {
    const hashes = new GatedHashProvider(argon2id({ memoryKib: 19 * 1024 }));
    const options = { hashProvider: hashes, hashQueue: hashQueue() };
    ({ app } = await visit(platform, { resource: { limits: NO_LIMITS }, password: options }));
    const browser = app.client();
    await register(browser);
    const visitor = app.client();
    const health = async () => expect(await visitor.get('/health')).toMatchObject({ status: 200 });

    hashes.shut();
    const before = hashes.done;
    const answers: ClientAnswer[] = [];
    const flood = Array.from({ length: FLOOD }, async () => {
      answers.push(await signIn(app.client(), 'a wrong password'));
    });
    while (answers.length < FLOOD - HELD) await health();
    expect(hashes.done).toBe(before);
    const refused = answers.splice(0);

    hashes.open();
    const hashedMeanwhile: number[] = [];
    while (answers.length < HELD) {
      const asked = hashes.done;
      await health();
      hashedMeanwhile.push(hashes.done - asked);
    }
    await Promise.all(flood);

    expect(refused.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(
      refused.map(() => [503, '5']),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    // A hash delays a visitor by what it takes of the processor; the queue of them does not.
    expect(Math.max(...hashedMeanwhile)).toBeLessThan(HELD / 2);
    expect(hashes.mostAtOnce).toBe(2);
    expect(await isIn(browser)).toBe(true);
    expect(await signIn(app.client())).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  }, 60_000);
});
