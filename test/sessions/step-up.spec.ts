import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthenticationFailed, definePhase, type Phase, type Proof, type Strategy } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Client, type ClientAnswer } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { userResource, type User } from '../users.js';
import { register, sessionOf, signInRows } from '../security/visit.js';

const ADA = { id: 'ada', email: 'ada@example.com', name: 'Ada' };
const BEA = { id: 'bea', email: 'bea@example.com', name: 'Bea' };

interface Said extends Partial<Pick<Proof<User>, 'factors'>> {
  readonly methods: Proof<User>['methods'];
  readonly whose?: User;
  readonly actor?: User;
}

/** A phase that proves what it is told to. */
function saying(
  name: string,
  by: Phase<User>['actor'],
  { methods, whose = ADA, actor, factors = 1 }: Said,
): Phase<User> {
  return definePhase<User, Record<never, never>>({
    name,
    methods: ['POST'],
    fields: {},
    actor: by,
    async run({ accounts }) {
      const found = await accounts.find(accounts.subjectOf(whose));
      if (found === null) throw new AuthenticationFailed('unknown_user');
      const { user, subjectEpoch } = found;
      const acting = actor && accounts.subjectOf(actor);
      return { kind: 'proved', proof: { user, subjectEpoch, methods, factors, actor: acting } };
    },
  });
}

let app: AuthTestApp;
let mayEnter: () => boolean;

/** An app with a desk that lets in whom it says, and Ada and Bea in it, signed in nowhere. */
async function withDesk(phases: Strategy<User>['phases'], factor?: Strategy<User>['factor']): Promise<Client> {
  mayEnter = () => true;
  const desk = { name: 'desk', phases, ...(factor && { factor }) };
  const options = { strategies: [desk], maySignIn: () => mayEnter() };
  const { resource } = userResource(options, { hashProvider: new FakeHashProvider() });
  app = await authTestApp({ resources: [resource] });
  for (const user of [ADA, BEA]) await app.data.insert(resource.model, { ...user, passwordHash: null });
  return app.client();
}

async function at(browser: Client, phase: string): Promise<ClientAnswer> {
  app.clock.advance(1); // so that rows have an order
  return browser.post(`/auth/user/desk/${phase}`, { json: {} });
}

describe('a proof by somebody who is signed in', () => {
  afterEach(() => app.close());
  const enter = saying('enter', 'anyone', { methods: ['sso'] });

  it('is a new sign-in with both methods, and no second factor where its strategy has none', async () => {
    const browser = await withDesk([enter, saying('again', 'user', { methods: ['otp'] })]);
    await at(browser, 'enter');

    expect(await at(browser, 'again')).toMatchObject({ status: 200 });

    expect(await signInRows(app)).toMatchObject([
      { methods: 'sso', endedAt: expect.any(Date) },
      { methods: 'sso otp', endedAt: null, secondFactorAt: null },
    ]);
  });

  it('[ASVS 7.2.4] still says who acts for whom', async () => {
    const helped = saying('enter', 'anyone', { methods: ['sso'], actor: BEA });
    const browser = await withDesk([helped, saying('again', 'user', { methods: ['otp'] })]);
    await at(browser, 'enter');
    await at(browser, 'again');

    const actor = app.service.userToSubject(BEA);
    expect(await signInRows(app)).toMatchObject([{ actor }, { actor, methods: 'sso otp', endedAt: null }]);
  });

  it('[ASVS 7.2.4] has new handles where somebody begins to act for another: those from before are dead', async () => {
    const browser = await withDesk([saying('enter', 'anyone', { methods: ['sso'], actor: BEA })]);
    await register(browser, 'support@example.com');
    const own = sessionOf(browser);

    expect(await at(browser, 'enter')).toMatchObject({ status: 200, body: { user: ADA } });

    expect(sessionOf(browser)).not.toBe(own);
    expect(await signInRows(app)).toMatchObject([
      { actor: null, endedAt: expect.any(Date) },
      { actor: app.service.userToSubject(BEA), endedAt: null },
    ]);
  });

  it('is refused where it is of somebody else, and leaves the sign-in as it was', async () => {
    const browser = await withDesk([enter, saying('again', 'user', { methods: ['otp'], whose: BEA })]);
    await at(browser, 'enter');

    expect(await at(browser, 'again')).toMatchObject({ status: 401, setCookies: [] });

    expect(await signInRows(app)).toMatchObject([{ methods: 'sso', endedAt: null }]);
    expect(await signInRows(app)).toHaveLength(1);
  });

  it('[ASVS 8.3.2] is refused where the user may not sign in by the time that it is made', async () => {
    const browser = await withDesk([enter, saying('again', 'user', { methods: ['otp'] })]);
    await at(browser, 'enter');
    let asked = 0;
    mayEnter = () => (asked += 1) === 1; // when the sign-in in force is loaded, and no more

    expect(await at(browser, 'again')).toMatchObject({ status: 401, setCookies: [] });

    expect(asked).toBe(2);
    expect(await signInRows(app)).toHaveLength(1);
  });
});

describe('a proof of two factors at once', () => {
  afterEach(() => app.close());

  it('is asked for no third, where one factor alone is asked for another', async () => {
    const offer = { strategy: 'code', phase: 'enter', label: 'a code' };
    const phases = [
      saying('one', 'anyone', { methods: ['hwk'] }),
      saying('two', 'anyone', { methods: ['hwk'], factors: 2 }),
    ];
    await withDesk(phases, () => Promise.resolve(offer));

    expect(await at(app.client(), 'one')).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
    const browser = app.client();
    expect(await at(browser, 'two')).toMatchObject({ status: 200 });

    expect(await signInRows(app)).toMatchObject([{ methods: 'hwk mfa', secondFactorAt: expect.any(Date) }]);
  });
});
