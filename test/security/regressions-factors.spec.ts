import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthenticationFailed,
  definePhase,
  identity,
  type OfferedFactor,
  type Phase,
  type Proof,
  type Strategy,
} from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Client, type ClientAnswer } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource, type User } from '../users.js';
import { ADA, signIn, signInRows } from './visit.js';

interface Way {
  readonly methods: Proof<User>['methods'];
  /** Who acts for whoever signs in. */
  readonly actor?: User;
}

/** Proves whose address is typed: a first step. */
function first({ methods, actor }: Way): Phase<User> {
  return definePhase<User, { email: ReturnType<typeof identity> }>({
    name: 'first',
    methods: ['POST'],
    fields: { email: identity() },
    actor: 'anyone',
    async run({ accounts }, { email }) {
      const found = await accounts.findByIdentity('email', email);
      if (found === null) throw new AuthenticationFailed('unknown_user');
      const { user, subjectEpoch } = found;
      return {
        kind: 'proved',
        proof: { user, subjectEpoch, methods, factors: 1, actor: actor && accounts.subjectOf(actor) },
      };
    },
  });
}

/** Proves whoever has shown a first step. */
function second({ methods }: Way): Phase<User> {
  return definePhase<User, Record<string, never>>({
    name: 'second',
    methods: ['POST'],
    fields: {},
    actor: 'pending',
    async run({ accounts, pending }) {
      const found = pending === null ? null : await accounts.find(pending.subject);
      if (found === null) throw new AuthenticationFailed('unknown_user');
      const { user, subjectEpoch } = found;
      return { kind: 'proved', proof: { user, subjectEpoch, methods, factors: 1 } };
    },
  });
}

/** Ada has it enrolled, and nobody else. */
function factorOf(name: string, more: Partial<OfferedFactor> = {}): Pick<Strategy<User>, 'name' | 'factor'> {
  const offered = { strategy: name, phase: 'second', label: 'a code', ...more };
  return { name, factor: ({ email }) => Promise.resolve(email === ADA ? offered : null) };
}

let app: AuthTestApp;

/** An app with more strategies than a password, and Ada in it, signed in nowhere. */
async function withStrategies(...strategies: Strategy<User>[]): Promise<Client> {
  const { resource } = userResource({ strategies }, { hashProvider: new FakeHashProvider() });
  app = await authTestApp({ resources: [resource] });
  const row = { id: 'ada', email: ADA, name: 'Ada', passwordHash: new FakeHashProvider().of(PASSWORD) };
  await app.data.insert(resource.model, row);
  return app.client();
}

const post = (browser: Client, path: string, json: object = {}): Promise<ClientAnswer> =>
  browser.post(`/auth/user/${path}`, { json });

describe('a second factor', () => {
  afterEach(() => app.close());

  it('[ASVS 6.3.3] is not the first one, shown again', async () => {
    const browser = await withStrategies({
      ...factorOf('code'),
      phases: [first({ methods: ['otp'] }), second({ methods: ['otp'] })],
    });

    expect(await post(browser, 'code/first', { email: ADA })).toMatchObject({ status: 200 });
    expect(await post(browser, 'code/second')).toMatchObject({ status: 401 });

    expect(await signInRows(app)).toMatchObject([{ methods: 'otp', secondFactorAt: null }]);
  });

  it('[ASVS 6.3.3] is not the same thing by way of another strategy', async () => {
    const browser = await withStrategies(
      { name: 'mail', phases: [first({ methods: ['otp'] })] },
      { ...factorOf('code'), phases: [second({ methods: ['otp'] })] },
    );

    expect(await post(browser, 'mail/first', { email: ADA })).toMatchObject({
      status: 401,
      body: { code: 'ERR_SECOND_FACTOR_REQUIRED' },
    });
    expect(await post(browser, 'code/second')).toMatchObject({ body: { code: 'ERR_AUTHENTICATION_FAILED' } });

    expect(await signInRows(app)).toEqual([]);
  });

  it('is asked for by no backup alone, which is offered beside another', async () => {
    const backup: Strategy<User> = { ...factorOf('spare', { backup: true }), phases: [second({ methods: ['kba'] })] };
    expect(await signIn(await withStrategies(backup))).toMatchObject({ status: 200 });
    await app.close();
    const browser = await withStrategies(backup, { ...factorOf('code'), phases: [second({ methods: ['otp'] })] });

    expect(await signIn(browser)).toMatchObject({
      body: { factors: [{ strategy: 'spare', backup: true }, { strategy: 'code' }] },
    });
    expect(await post(browser, 'spare/second')).toMatchObject({ status: 200 });

    expect(await signInRows(app)).toMatchObject([{ methods: 'pwd kba mfa', secondFactorAt: expect.any(Date) }]);
  });

  it('makes a sign-in that still says who acted in the first step', async () => {
    const support = { id: 'support', email: 'support@example.com', name: 'Support' };
    const browser = await withStrategies(
      { name: 'desk', phases: [first({ methods: ['sso'], actor: support })] },
      { ...factorOf('code'), phases: [second({ methods: ['otp'] })] },
    );

    await post(browser, 'desk/first', { email: ADA });
    expect(await post(browser, 'code/second')).toMatchObject({ status: 200 });

    expect(await signInRows(app)).toMatchObject([
      { methods: 'sso otp mfa', actor: app.service.userToSubject(support) },
    ]);
  });

  it('[ASVS 6.3.8] is not asked of a disabled account, which a right password must not tell', async () => {
    const browser = await withStrategies({ ...factorOf('code'), phases: [second({ methods: ['otp'] })] });
    await app.service.disable(app.service.userToSubject({ id: 'ada' }));

    const right = await signIn(browser);
    const wrong = await signIn(browser, 'not the right password');

    expect(right).toMatchObject({ status: 401, setCookies: [], body: wrong.body });
  });
});
