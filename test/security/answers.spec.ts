import { setImmediate } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthPlug, AuthReply } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { html, page } from 'nest-auth-plug/pages';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { faultyDataLayer } from '../faulty-data-layer.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, type User } from '../users.js';
import { ADA, comparable, NO_LIMITS, register, SIGN_IN, signIn, visit } from './visit.js';

const WRONG = 'not the right password';

describe.each<Platform>(['express', 'fastify'])('a stranger on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 6.3.8] gets one answer to a wrong password, whatever the account is: there, not there, disabled, shut out', async () => {
    const shut = new Set<string>();
    const visited = await visit(platform, {
      resource: { limits: NO_LIMITS, maySignIn: ({ email }) => !shut.has(email) },
    });
    ({ app } = visited);
    const emails = [ADA, 'disabled@example.com', 'shut@example.com', 'oauth@example.com', 'nobody@example.com'];
    for (const email of emails.slice(0, 3)) await register(app.client(), email);
    const disabled = await app.data.findOne(visited.users.model, { email: 'disabled@example.com' }, ['id']);
    await app.service.disable(app.service.userToSubject({ id: disabled?.['id'] }));
    shut.add('shut@example.com');
    const row = { id: 'oauth', email: 'oauth@example.com', name: 'O', passwordHash: null };
    await app.data.insert(visited.users.model, row);

    const answers = await Promise.all(
      emails.map(async (email) => comparable(await signIn(app.client(), WRONG, email))),
    );

    expect(answers[0]).toMatchObject({ status: 401, setCookies: [] });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('[ASVS 6.3.8] makes the same work with each', async () => {
    const visited = await visit(platform, { resource: { limits: NO_LIMITS } });
    ({ app } = visited);
    await register(app.client());
    const work: string[][] = [];
    for (const email of [ADA, 'nobody@example.com']) {
      visited.hasher.work.length = 0;
      await signIn(app.client(), WRONG, email);
      work.push([...visited.hasher.work]);
    }

    expect(work[0]).toHaveLength(1);
    expect(work[1]).toEqual(work[0]);
  });

  it('[ASVS 6.3.8] waits for no message: a sender that hangs changes no answer to a reset request', async () => {
    const sending: (() => void)[] = [];
    const hanging = { send: () => new Promise<void>((resolve) => sending.push(resolve)) };
    ({ app } = await visit(platform, { password: { resettable: { sender: hanging, page: '/reset' } } }));
    await register(app.client());
    const ask = (email: string) => app.client().post('/auth/user/password/reset-request', { json: { email } });

    const [known, unknown] = [await ask(ADA), await ask('nobody@example.com')];
    while (sending.length === 0) await setImmediate();
    sending[0]?.();
    await app.idle();

    expect(comparable(known)).toEqual(comparable(unknown));
    expect(sending).toHaveLength(1);
  });

  it('[ASVS 13.4.6] is not told what answers, nor which strategies there are', async () => {
    ({ app } = await visit(platform, { password: { registration: 'closed' } }));
    const paths = [
      '/auth/user/magic-link/request',
      '/auth/user/password/register',
      '/auth/robot/password/sign-in',
      '/auth',
    ];

    const answers = [];
    for (const path of paths) answers.push(await app.client().post(path, { json: {} }));
    answers.push(await signIn(app.client(), WRONG), await app.client().get('/home'));

    for (const answer of answers.slice(0, paths.length))
      expect(comparable(answer)).toEqual(comparable(answers[0] ?? answer));
    expect(answers[0]?.status).toBe(404);
    for (const { text, headers } of answers) {
      const own = [...headers].filter(([name]) => name !== 'x-powered-by'); // Express's own, for the app to switch off
      expect(text + JSON.stringify(own)).not.toMatch(/nest|plug|argon|strateg|version|\d\.\d\.\d/i);
    }
  });

  it('[ASVS 4.1.1, 3.4.4] [ASVS 14.3.2, 14.2.2, 14.2.5] gets each answer with its type and charset, not to be sniffed and not to be kept', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();
    const answers = [
      await register(browser),
      await signIn(app.client(), WRONG),
      await app.client().get('/auth/nowhere'),
    ];
    answers.push(await browser.get('/auth/user/session/list'), await browser.get(SIGN_IN));

    for (const { headers } of answers) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('[ASVS 3.4.3, 3.4.5, 3.4.6] gets pages without scripts, in no frame, whose address goes nowhere, with names escaped', async () => {
    const name = '<script>alert(1)</script>"';
    @Controller('auth')
    class PagePlug extends AuthPlug<User> {
      override handleFailure(): AuthReply {
        return AuthReply.html(page({ title: name, body: html`<p>${name}</p>` }), 401);
      }
    }
    ({ app } = await visit(platform, { app: { plug: PagePlug } }));

    const { headers, text } = await signIn(app.client(), WRONG);

    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/unsafe|script-src|\*/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;');
  });

  it('[ASVS 16.5.1] [ASVS 16.5.2] is let in by nothing that breaks, and not told what broke', async () => {
    const words = 'canary-words-of-the-driver';
    const broken = { now: '' };
    const breakIf = (part: string) => {
      if (broken.now === part) throw new Error(words);
    };
    class BrokenHashProvider extends FakeHashProvider {
      override async verify(password: string, hash: string): Promise<boolean> {
        breakIf('hasher');
        return super.verify(password, hash);
      }
    }
    const { adapter, failNext } = faultyDataLayer(memoryDataLayer());
    const maySignIn = () => (breakIf('maySignIn'), true);
    ({ app } = await visit(platform, {
      resource: { maySignIn },
      password: { hashProvider: new BrokenHashProvider() },
      app: { dataLayer: adapter },
    }));
    await register(app.client());

    for (const part of ['hasher', 'maySignIn']) {
      broken.now = part;
      const answer = await signIn(app.client());
      expect([part, [500, 503].includes(answer.status), answer.setCookies]).toEqual([part, true, []]);
      expect(answer.text).not.toContain(words);
    }
    broken.now = '';
    for (const method of ['insert', 'update', 'transaction', 'findOne', 'increment'] as const) {
      failNext(method);
      expect([method, await signIn(app.client())]).toMatchObject([method, { status: 503, setCookies: [] }]);
    }
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('[ASVS 15.3.3] [ASVS 15.3.1] writes and reads declared fields alone', async () => {
    const { users } = await visit(platform, { resource: { fields: { name: 'text' } } }).then((visited) => {
      ({ app } = visited);
      return visited;
    });
    const typed = { password: PASSWORD, passwordConfirmation: PASSWORD };
    const extra = {
      id: '1',
      passwordHash: 'x',
      subject: 'user?id=1',
      tenant: 'x',
      epoch: '9',
      disabledAt: 'x',
      remembered: 'true',
    };

    const answer = await app
      .client()
      .post('/auth/user/password/register', { json: { email: ADA, name: 'Ada', ...typed, ...extra } });

    const { user } = answer.body as { user: User };
    expect(Object.keys(user).toSorted()).toEqual(['email', 'id', 'name']);
    expect(user.id).not.toBe('1');
    const row = await app.data.findOne(users.model, { email: ADA });
    expect(row?.['passwordHash']).not.toBe('x');
  });
});
