import { afterEach, describe, expect, it } from '@jest/globals';
import type { Strategy } from 'nest-auth-plug';
import {
  fakeProvider,
  type Client,
  type ClientAnswer,
  type FakeProvider,
  type FakeProviderOptions,
  type Platform,
  type ProviderEndpoint,
  type ProviderFault,
  type ProviderLies,
} from 'nest-auth-plug/testing';
import { sendBack, type SentBack } from '../../lib/testing/provider/browser.js';
import { confirming } from '../rooms/confirming.js';
import { ADA, addresses, addUser, mailedApp, whoIsIn, type Addressee, type MailedApp } from '../rooms/mailed-app.js';
import { signInRows } from '../security/visit.js';
import { liesOver, type Lie } from './lies.js';

/** A strategy of one nature, and the provider that it meets. */
export interface Nature {
  readonly name: string;
  /** @param more of the options of every strategy by code */
  readonly strategyAt: (provider: FakeProvider, more: { readonly trustEmailVerified?: true }) => Strategy<Addressee>;
  readonly provider?: FakeProviderOptions;
  /** In what the provider is unlike others, telling the truth. @default in nothing */
  readonly honest?: ProviderLies;
  /** What of it answers to the app. */
  readonly endpoints: readonly ProviderEndpoint[];
  /** Where what it says of a person comes from. */
  readonly claims: 'idTokenClaims' | 'userInfo';
  /** More that it can say wrong. */
  readonly lies: readonly Lie[];
}

const FAULTS: readonly ProviderFault[] = ['huge', 'redirects', 'hangs-up', { status: 503, body: '{}' }];
/** More than a call may take. */
const TOO_LONG_SECONDS = 6;

interface HostileApp extends MailedApp {
  readonly provider: FakeProvider;
  /** The truth, with these over it. */
  lie(lies: ProviderLies): void;
  /** Sends a browser away. @returns what the provider sends it back with; an answer where it was not sent away */
  leave(browser: Client): Promise<SentBack | ClientAnswer>;
}

async function hostileApp(platform: Platform, nature: Nature): Promise<HostileApp> {
  const provider = await fakeProvider(nature.provider);
  const trusting = [{ trustEmailVerified: true } as const]; // the admins' addresses are confirmed by nobody
  const app = await mailedApp({
    platform,
    strategies: () => [nature.strategyAt(provider, trusting.pop() ?? {})],
    user: { addOns: [confirming<Addressee>()] },
  });
  provider.clock = app.clock;
  provider.lies = nature.honest ?? {};
  const path = `/auth/user/${nature.strategyAt(provider, {}).name}`;
  const leave = async (browser: Client) => {
    const sent = await browser.get(path);
    const location = sent.headers.get('location');
    return location === null ? sent : provider.visit(location);
  };
  return {
    ...app,
    provider,
    lie: (lies) => void (provider.lies = liesOver(nature.honest ?? {}, lies)),
    leave,
    close: async () => void (await Promise.all([app.close(), provider.close()])),
  };
}

/** The whole way, as far as it goes. */
async function visit(app: HostileApp, browser: Client): Promise<ClientAnswer> {
  const back = await app.leave(browser);
  return 'status' in back ? back : sendBack(browser, back);
}

async function gone(app: HostileApp, browser: Client): Promise<SentBack> {
  const back = await app.leave(browser);
  if ('status' in back) throw new Error(`Expected to be sent away, got ${back.status}: ${back.text}`);
  return back;
}

/** Refused, and not as a fault of the app's; nobody is in and nobody was made. */
async function expectNobody(
  app: HostileApp,
  browser: Client,
  { status }: ClientAnswer,
  accounts: readonly string[] = [],
) {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect([await whoIsIn(browser), await signInRows(app), await addresses(app)]).toEqual([null, [], accounts]);
}

/** A provider of this nature lies in every way there is: each is refused without a 5xx, and without a session. */
export function describeHostile(nature: Nature): void {
  describe.each<Platform>(['express', 'fastify'])(`a hostile provider of ${nature.name}, on %s,`, (platform) => {
    let app: HostileApp;
    afterEach(() => app.close());
    const open = async () => {
      app = await hostileApp(platform, nature);
      return app.client();
    };
    const asked = (path: string) => app.provider.received.filter((one) => one.path === path);

    it('is believed while it tells the truth', async () => {
      const browser = await open();

      expect(await visit(app, browser)).toMatchObject({ status: 200 });
      expect(await whoIsIn(browser)).toBe(ADA);
    });

    for (const [said, lies] of nature.lies) {
      it(`signs nobody in with ${said}`, async () => {
        const browser = await open();
        app.lie(lies);

        await expectNobody(app, browser, await visit(app, browser));
      });
    }

    const faults = nature.endpoints.flatMap((endpoint) => FAULTS.map((fault) => [endpoint, fault] as const));
    it.each(faults)('[ASVS 13.2.4] [ASVS 15.3.2] signs nobody in where %s is %j', async (endpoint, fault) => {
      const browser = await open();
      app.lie({ answers: { [endpoint]: fault } });

      await expectNobody(app, browser, await visit(app, browser));
      expect(app.provider.received.filter(({ path }) => path.startsWith('/redirected'))).toEqual([]);
    });

    it.each(nature.endpoints)('[ASVS 13.2.4] is not waited for where %s never ends', async (endpoint) => {
      const browser = await open();
      app.lie({ answers: { [endpoint]: 'slow' } });
      const place = placeOf(app.provider, endpoint);

      const answering = visit(app, browser);
      while (asked(place).length === 0) await new Promise(setImmediate);
      app.clock.advance(TOO_LONG_SECONDS);

      const answer = await answering;
      expect(answer).toMatchObject({ body: { code: 'ERR_PROVIDER_FAILED' } });
      await expectNobody(app, browser, answer);
    });

    it('[RFC 9700 §4.7] [ASVS 10.1.2] takes no state of one browser in another', async () => {
      const [one, other] = [await open(), app.client()];
      const [ofOne, ofOther] = [await gone(app, one), await gone(app, other)];

      await expectNobody(app, one, await sendBack(one, ofOther));
      await expectNobody(app, other, await sendBack(other, ofOne));
      expect(asked(app.provider.paths.token)).toEqual([]);
    });

    it('[RFC 9700 §4.5] [ASVS 10.2.1] takes no code of another session, though the state is right', async () => {
      const [victim, attacker] = [await open(), app.client()];
      const own = await gone(app, victim);
      app.provider.account = { ...app.provider.account, sub: 'mallory', email: 'mallory@example.com' };
      const stolen = await gone(app, attacker);

      await expectNobody(app, victim, await sendBack(victim, withCode(own, stolen)));
    });

    it('[RFC 9700 §4.5] takes no code twice, though the provider does', async () => {
      const browser = await open();
      app.lie({ takesCodesAgain: true });
      const back = await gone(app, browser);
      const cookies = [...browser.cookies];
      await sendBack(browser, back);
      const again = app.client();
      for (const [name, value] of cookies) again.cookies.set(name, value);

      const { status } = await sendBack(again, back);

      expect([status >= 400 && status < 500, await whoIsIn(again)]).toEqual([true, null]);
      expect([asked(app.provider.paths.token).length, (await signInRows(app)).length]).toEqual([1, 1]);
    });

    it.each([
      ['that it does not vouch for', { email_verified: false }],
      ['of which it says nothing', { email_verified: undefined }],
      ['in a list', { email: [ADA], email_verified: true }],
      ['that is an object', { email: { address: ADA }, email_verified: true }],
    ])('[ASVS 6.8.1] lets nobody into an account by its address %s', async (_what, claims) => {
      const browser = await open();
      await addUser(app, ADA, { emailConfirmedAt: app.clock.now() });
      app.lie({ [nature.claims]: claims });

      await expectNobody(app, browser, await visit(app, browser), [ADA]);
    });
  });
}

/** An ID token has a nonce: a code of another session is found out by that where the provider looks at no verifier. */
export function describeBoundCodes(nature: Nature): void {
  describe(`a provider of ${nature.name} that looks at no verifier`, () => {
    let app: HostileApp;
    afterEach(() => app.close());

    it('[RFC 9700 §4.5] [ASVS 10.5.1] signs nobody in with a code of another session, nor with one of before', async () => {
      app = await hostileApp('express', nature);
      app.lie({ ignoresVerifiers: true, takesCodesAgain: true });
      const [victim, attacker] = [app.client(), app.client()];
      const [own, stolen] = [await gone(app, victim), await gone(app, attacker)];

      await expectNobody(app, victim, await sendBack(victim, withCode(own, stolen)));
      await expectNobody(app, victim, await sendBack(victim, withCode(await gone(app, victim), own)));
    });
  });
}

function withCode(own: SentBack, { parameters: { code = '' } }: SentBack): SentBack {
  const url = new URL(own.url);
  if (own.method === 'GET') url.searchParams.set('code', code);
  return { ...own, url, parameters: { ...own.parameters, code } };
}

function placeOf({ paths }: FakeProvider, endpoint: ProviderEndpoint): string {
  return endpoint === 'discovery' ? '/.well-known/openid-configuration' : paths[endpoint];
}
