import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Controller, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthModule, defineOtpApp, JsonAuthPlug, type Resource } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { HashQueue } from 'nest-auth-plug/strategies/password';
import { Client, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { GatedHashProvider } from '../strategies/password/gated-hash-provider.js';
import { PASSWORD, userResource, type User } from '../users.js';
import {
  ADA,
  comparable,
  DEVICE_COOKIE,
  isIn,
  NO_LIMITS,
  register,
  SIGN_IN,
  signIn,
  visit,
  type VisitOptions,
} from './visit.js';

const WRONG = 'not the right password';
const NOBODY = 'nobody@example.com';
/** Of the defaults: guesses at one account within 15 minutes. */
const GUESSES = 10;
const DAY_SECONDS = 24 * 60 * 60;

describe.each<Platform>(['express', 'fastify'])('somebody who guesses on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function ownerAnd(options: VisitOptions = {}) {
    const visited = await visit(platform, options);
    ({ app } = visited);
    const owner = app.client();
    await register(owner);
    return { ...visited, owner };
  }

  async function statuses(times: number, guess: (index: number) => Promise<{ readonly status: number }>) {
    const seen: number[] = [];
    for (let index = 0; index < times; index += 1) seen.push((await guess(index)).status);
    return seen;
  }

  const refusedAfter = (count: number, more: number) => [
    ...Array<number>(count).fill(401),
    ...Array<number>(more).fill(429),
  ];

  it('[ASVS 6.3.1] has ten tries at an account in 15 minutes, 30 in a day and 100 in all, right ones included', async () => {
    const { hasher } = await ownerAnd({ resource: { limits: { guessesPerAddress: NO_LIMITS.guessesPerAddress } } });
    hasher.work.length = 0;
    app.clock.advance(DAY_SECONDS - ((app.clock.now().getTime() / 1000) % DAY_SECONDS)); // windows begin at multiples of their length

    const perDay: number[] = [];
    for (let day = 0; day < 30; day += 1) {
      let accepted = 0;
      for (let visits = 0; visits < 4; visits += 1) {
        while ((await signIn(app.client(), WRONG)).status === 401) accepted += 1;
        app.clock.advance(DAY_SECONDS / 4);
      }
      perDay.push(accepted);
    }

    // What is refused counts as well, so somebody who goes on trying gets fewer.
    expect(Math.max(...perDay)).toBeLessThanOrEqual(30);
    expect(hasher.work.length).toBeGreaterThan(50);
    expect(hasher.work.length).toBeLessThanOrEqual(100);
  }, 30_000);

  /** Wrong guesses that take sixteen years. */
  const slowly = (count: number) =>
    statuses(count, () => {
      app.clock.advance(60 * DAY_SECONDS);
      return signIn(app.client(), WRONG);
    });

  it('[NIST §3.2.2] has a hundred tries in a row, however long they take, until the owner resets the password', async () => {
    const { outbox } = await ownerAnd();

    expect(await slowly(101)).toEqual(refusedAfter(100, 1));
    app.clock.advance(365 * DAY_SECONDS);
    expect(await signIn(app.client())).toMatchObject({ status: 429 });

    const owner = app.client();
    await owner.post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();
    const resetToken = outbox.last(ADA).link?.searchParams.get('token') ?? '';
    const chosen = { password: 'quite another one', passwordConfirmation: 'quite another one' };
    expect(await owner.post('/auth/user/password/reset', { json: { resetToken, ...chosen } })).toMatchObject({
      status: 200,
    });
    expect(await signIn(owner, chosen.password)).toMatchObject({ status: 200 });
    expect(await slowly(101)).toEqual(refusedAfter(100, 1));
  }, 30_000);

  it('[NIST §3.2.2] begins anew after a right guess, and where the app lets the owner in', async () => {
    await ownerAnd();
    const { user } = await app.service.perform<User>(['password', 'sign-in'], { email: ADA, password: PASSWORD });

    expect(await slowly(99)).toEqual(refusedAfter(99, 0));
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
    expect(await slowly(101)).toEqual(refusedAfter(100, 1));

    await app.service.clearGuesses(app.service.userToSubject(user ?? {}));
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  }, 30_000);

  it('[NIST §3.2.2] gains nothing by a password change of the owner: other accounts keep their counts', async () => {
    const { owner } = await ownerAnd();
    const bea = 'bea@example.com';
    await register(app.client(), bea);
    await statuses(GUESSES, () => signIn(app.client(), WRONG));
    await statuses(GUESSES, () => signIn(app.client(), WRONG, bea));

    const chosen = { password: 'quite another one', passwordConfirmation: 'quite another one' };
    const change = { json: { currentPassword: PASSWORD, ...chosen } };
    expect(await owner.post('/auth/user/password/change', change)).toMatchObject({ status: 200 });

    expect(await signIn(app.client(), chosen.password)).toMatchObject({ status: 200 });
    expect(await signIn(app.client(), PASSWORD, bea)).toMatchObject({ status: 429 });
  });

  it('[ASVS 6.3.1] has a hundred tries from one address at whatever accounts', async () => {
    await ownerAnd();

    const seen = await statuses(101, (index) => signIn(app.client(), WRONG, `user-${index}@example.com`));

    expect(seen).toEqual(refusedAfter(99, 2)); // the registration was the first
  });

  it('[ASVS 2.3.4] [ASVS 15.4.2] has no more by trying all at once', async () => {
    const { hasher } = await ownerAnd();
    hasher.work.length = 0;

    const answers = await Promise.all(Array.from({ length: 60 }, () => signIn(app.client(), WRONG)));

    expect(answers.filter(({ status }) => status === 401)).toHaveLength(GUESSES);
    expect(hasher.work).toHaveLength(GUESSES);
  });

  it('[PRJ 2] gets the same answers for an account that exists and for one that does not', async () => {
    await ownerAnd({ resource: { limits: { guessesPerAddress: NO_LIMITS.guessesPerAddress } } });

    for (let index = 0; index < GUESSES + 3; index += 1) {
      const known = await signIn(app.client(), WRONG);
      const unknown = await signIn(app.client(), WRONG, NOBODY);
      expect(comparable(unknown)).toEqual(comparable(known));
    }
  });

  it('[RFC 6585 §4] is told in Retry-After when to come back, and may then', async () => {
    await ownerAnd();
    await statuses(GUESSES, () => signIn(app.client(), WRONG));

    const refused = await signIn(app.client());
    const seconds = Number(refused.headers.get('retry-after'));

    expect(refused).toMatchObject({ status: 429, body: { code: 'ERR_LIMIT_EXCEEDED' } });
    expect(seconds).toBeGreaterThan(0);
    app.clock.advance(seconds - 1);
    expect(await signIn(app.client())).toMatchObject({ status: 429 });
    app.clock.advance(1);
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.1.1] keeps no owner out: a known device has tries of its own, and so has a live sign-in', async () => {
    const { owner } = await ownerAnd();
    await owner.post('/auth/user/session/sign-out', { json: {} });
    const elsewhere = app.client();

    const seen = await statuses(GUESSES + 5, () => signIn(app.client(), WRONG));

    expect(seen).toEqual(refusedAfter(GUESSES, 5));
    expect(await signIn(elsewhere)).toMatchObject({ status: 429 });
    expect(await signIn(owner)).toMatchObject({ status: 200 });
    expect(await isIn(owner)).toBe(true);
  });

  it('[ASVS 6.1.1] gains no more than ten tries from a stolen device cookie, and none at another account', async () => {
    const { owner } = await ownerAnd();
    await register(app.client(), 'bea@example.com');
    const thief = (): Client => {
      const client = app.client();
      client.cookies.set(DEVICE_COOKIE, owner.cookies.get(DEVICE_COOKIE) ?? '');
      return client;
    };
    const guess = (email: string) => signIn(thief(), WRONG, email, { origin: 'http://localhost:3000' });

    expect(await statuses(GUESSES + 2, () => guess(ADA))).toEqual(refusedAfter(GUESSES, 2));
    await statuses(GUESSES, () => signIn(app.client(), WRONG, 'bea@example.com'));
    expect(await guess('bea@example.com')).toMatchObject({ status: 429 });
  });

  it('[ASVS 4.1.3] [ASVS 15.3.4] has no more by claiming to be elsewhere', async () => {
    await ownerAnd();
    const claims = (index: number) => {
      const address = `203.0.113.${index}`;
      return {
        'x-forwarded-for': address,
        'x-real-ip': address,
        forwarded: `for=${address}`,
        'cf-connecting-ip': address,
      };
    };

    const seen = await statuses(101, (index) =>
      signIn(app.client(), WRONG, `user-${index}@example.com`, claims(index)),
    );

    expect(seen).toEqual(refusedAfter(99, 2));
  });

  it('[ASVS 6.3.4] has no more by another spelling of path or address, a form, or a call from code', async () => {
    const { hasher } = await ownerAnd();
    hasher.work.length = 0;
    const form = { email: ADA, password: WRONG };
    const ways: readonly (() => Promise<{ readonly status: number }>)[] = [
      () => signIn(app.client(), WRONG),
      () => signIn(app.client(), WRONG, 'ada@EXAMPLE.com'),
      () => app.client().post(SIGN_IN, { form }),
      () => app.client().post(`${SIGN_IN}?x=1`, { json: form }),
      () => app.client().post('/auth/user/password/%73ign-in', { json: form }),
    ];

    for (let round = 0; round < GUESSES; round += 1) for (const way of ways) await way();

    expect(hasher.work).toHaveLength(GUESSES);
    await expect(
      app.service.perform(['password', 'sign-in'], { email: ADA, password: PASSWORD }),
    ).rejects.toMatchObject({
      code: 'ERR_LIMIT_EXCEEDED',
    });
  });

  it('[ASVS 6.3.1] has ten tries at the present password too, with a session in hand', async () => {
    const { owner } = await ownerAnd();
    await owner.post('/auth/user/session/sign-out', { json: {} });
    const stolen = app.client();
    await signIn(stolen);
    stolen.cookies.delete(DEVICE_COOKIE);
    const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };

    const seen = await statuses(GUESSES + 2, () =>
      stolen.post('/auth/user/password/change', { json: { currentPassword: WRONG, ...typed } }),
    );

    expect(seen).toEqual(refusedAfter(GUESSES, 2));
  });

  it('[ASVS 2.4.1] has few messages sent, to one address and from one', async () => {
    const { outbox } = await ownerAnd();
    const ask = (email: string) => app.client().post('/auth/user/password/reset-request', { json: { email } });

    const toAda = await statuses(50, () => ask(ADA));
    const toMany = await statuses(50, (index) => ask(`user-${index}@example.com`));
    await app.idle();

    expect(toAda.filter((status) => status === 200)).toHaveLength(3);
    expect(toMany.filter((status) => status === 200).length).toBeLessThanOrEqual(20);
    expect(outbox.messages).toHaveLength(3);
  });
});

/** An app whose platform believes what a proxy says: an option of the adapter, so not one of `authTestApp`. */
async function behindProxy(platform: Platform, resource: Resource<User>): Promise<INestApplication> {
  @Controller('auth')
  class Plug extends JsonAuthPlug {}
  const publicUrl = 'https://app.example';
  const secrets = [randomBytes(48).toString('base64')];
  const about = { name: 'my-app', plug: Plug, publicUrl, secrets, environment: 'development' } as const;
  const otpApp = defineOtpApp({ ...about, dataLayer: memoryDataLayer(), resources: [resource] });
  const module = await Test.createTestingModule({ imports: [AuthModule.forRoot(otpApp)] }).compile();
  const express = new ExpressAdapter();
  express.set('trust proxy', true);
  const adapter = platform === 'express' ? express : new FastifyAdapter({ trustProxy: true });
  const nest = module.createNestApplication(adapter, { logger: false });
  await nest.listen(0, '127.0.0.1');
  return nest;
}

describe.each<Platform>(['express', 'fastify'])('clients behind a proxy that is trusted, on %s,', (platform) => {
  let nest: INestApplication;
  afterEach(() => nest.close());

  it('[PRJ 3] count by the /64 of IPv6, and IPv4 within IPv6 as IPv4', async () => {
    const limits = { ...NO_LIMITS, guessesPerAddress: [{ limit: 4, windowSeconds: 100 * 365 * DAY_SECONDS }] };
    nest = await behindProxy(platform, userResource({ limits }, { hashProvider: new FakeHashProvider() }).resource);
    const url = await nest.getUrl();
    const from = async (address: string, index: number) =>
      (await signIn(new Client(url), WRONG, `user-${index}@example.com`, { 'x-forwarded-for': address })).status;
    const all = async (addresses: readonly string[]) => {
      const seen: number[] = [];
      for (const [index, address] of addresses.entries()) seen.push(await from(address, index));
      return seen;
    };

    const inside = [
      '2001:db8:1:2::1',
      '2001:db8:1:2:ffff::9',
      '2001:DB8:1:2::A',
      '2001:db8:1:2:3:4:5:6',
      '2001:db8:1:2::7',
    ];
    const mapped = ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '::ffff:c000:201', '192.0.2.1'];

    expect(await all(inside)).toEqual([401, 401, 401, 401, 429]);
    expect(await all(mapped)).toEqual([401, 401, 401, 401, 429]);
    expect(await from('2001:db8:1:3::1', 0)).toBe(401);
    expect(await from('192.0.2.2', 1)).toBe(401);
  });

  it('[ASVS 15.4.4] share the hash queue: one that fills it is refused, and another is answered', async () => {
    const hashProvider = new GatedHashProvider(new FakeHashProvider());
    const hashQueue = new HashQueue({ parallel: 1, maxWaiting: 16, maxWaitSeconds: 60 });
    const { resource } = userResource({ limits: NO_LIMITS }, { hashProvider, hashQueue });
    nest = await behindProxy(platform, resource);
    const url = await nest.getUrl();
    const answers: (readonly [address: string, status: number])[] = [];
    const from = async (address: string) => {
      const { status } = await signIn(new Client(url), WRONG, ADA, { 'x-forwarded-for': address });
      answers.push([address, status]);
    };
    const flood = (count: number, status: number) => Array.from({ length: count }, () => ['192.0.2.1', status]);

    hashProvider.shut();
    const flooding = Array.from({ length: 60 }, () => from('192.0.2.1'));
    while (answers.length < 43) await setImmediate();
    const other = from('192.0.2.2');
    while (answers.length < 44) await setImmediate();
    // The one that gave its place up came last of those that waited.
    expect(answers).toEqual(flood(44, 503));
    hashProvider.open();
    await Promise.all([...flooding, other]);

    // Sources take turns: the other one comes after the hash that is under way and the first that waited.
    expect(answers.slice(44, 47)).toEqual([...flood(2, 401), ['192.0.2.2', 401]]);
    expect(answers.slice(47)).toEqual(flood(14, 401));
  });
});
