import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { phaseRoutes, type PhaseRoute } from '../../lib/activities/index.js';
import { signInsModel } from '../../lib/sessions/index.js';
import { ADA, AUTH, CODE, register, roomsApp, SESSION, signIn, textIn, type RoomsApp } from '../rooms/rooms-app.js';

const PENDING = '__Host-user-flow-session-pending';
const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];
const GUARDED = ['/in/by-session', '/in/by-bearer', '/in/by-any', '/in/by-two-guards', '/in/by-admin-session'];

/** The one phase that each kind of first step is for. */
const OWN = { 'a factor': 'second-factor sign-in', 'an enrolment': 'second-factor enrol' } as const;
type Kind = keyof typeof OWN;

/** Every way to show the handle of a first step. */
const CARRIED: Readonly<Record<string, (browser: Client, flow: string) => Shown>> = {
  'the cookie that it came in': (browser, flow) => {
    browser.cookies.set(PENDING, flow);
    return {};
  },
  'the field "flow"': (_, flow) => ({ fields: { flow } }),
  'a bearer token': (_, flow) => ({ headers: { authorization: `Bearer ${flow}` } }),
  'the session cookie': (browser, flow) => {
    browser.cookies.set(SESSION, flow);
    return {};
  },
  'the session cookie of another resource': (browser, flow) => {
    browser.cookies.set('__Host-admin-session', flow);
    return {};
  },
  'a key': (_, flow) => ({ headers: { 'x-key': flow } }),
  'every other field': (_, flow) => ({ everywhere: flow }),
};

interface Shown {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** In place of what else a field would hold. */
  readonly everywhere?: string | undefined;
}

describe.each<Platform>(['express', 'fastify'])('on %s', (platform) => {
  let app: RoomsApp;
  let flows: Readonly<Record<Kind, string>>;
  let routes: readonly PhaseRoute[];

  beforeAll(async () => {
    const limits = {
      guessesPerAddress: PLENTY,
      guessesPerIdentity: PLENTY,
      messagesPerAddress: PLENTY,
      messagesPerIdentity: PLENTY,
    };
    app = await roomsApp({ platform, withAllHooks: false, user: { secondFactor: 'required', limits } });
    const owner = app.client();
    await register(owner);
    await owner.post(`${AUTH}/second-factor/enrol`, { json: { code: CODE } });
    flows = {
      'a factor': textIn(await signIn(app.client()), 'flow'),
      'an enrolment': textIn(await register(app.client(), 'bea@example.com'), 'flow'),
    };
    routes = phaseRoutes([app.users] as unknown as Parameters<typeof phaseRoutes>[0]); // whose users are of this type
  });
  afterAll(() => app.close());

  const live = async () => {
    const rows = await app.data.forTenant('').findMany(signInsModel, {}, { orderBy: 'id', limit: 1000 });
    return rows.length;
  };

  async function visit(browser: Client, { method, path, phase }: PhaseRoute, shown: Shown): Promise<ClientAnswer> {
    const typed = Object.entries(phase.fields).map(([name, { kind }]) => {
      const text = kind === 'identity' ? ADA : (shown.everywhere ?? (name === 'code' ? CODE : 'something'));
      return [name, kind === 'flag' ? 'on' : text] as const;
    });
    const fields = { ...Object.fromEntries(typed), ...shown.fields };
    const { headers } = shown;
    if (method !== 'GET') return browser.request(method, `/auth${path}`, { headers, json: fields });
    return browser.get(`/auth${path}?${new URLSearchParams(fields).toString()}`, { headers });
  }

  describe.each<Kind>(['a factor', 'an enrolment'])('a first step that waits for %s', (kind) => {
    it.each(Object.keys(CARRIED))('[PRJ] opens nothing else, shown as %s', async (how) => {
      const before = await live();
      const others = routes.filter(({ activity }) => activity.join(' ') !== OWN[kind]);
      expect(others.length).toBeGreaterThan(15);

      for (const route of others) {
        const browser = app.client();
        const shown = CARRIED[how]?.(browser, flows[kind]) ?? {};
        const answer = await visit(browser, route, shown);
        // What anybody may do, as far as anybody gets; and the same where the handle is but one more unknown text.
        const without = await visit(app.client(), route, { everywhere: shown.everywhere });
        const name = `${route.method} ${route.path}`;
        expect([name, answer.status]).toEqual([name, without.status]);
        // Input that no field takes is refused before anybody asks who sent it.
        const refused = shown.everywhere === undefined ? [401] : [401, 422];
        const isOpen = ['anyone', 'pending'].includes(route.phase.actor);
        expect([name, isOpen || refused.includes(answer.status)]).toEqual([name, true]);
        expect([name, sessionsIn(answer)]).toEqual([name, []]);
      }
      expect(await live()).toBe(before);
    });

    it.each(Object.keys(CARRIED))('[PRJ] is nobody to any guard, shown as %s', async (how) => {
      for (const path of GUARDED) {
        const browser = app.client();
        const { headers } = CARRIED[how]?.(browser, flows[kind]) ?? {};
        const answer = await browser.get(path, { headers });
        expect([path, answer.status, sessionsIn(answer)]).toEqual([path, 401, []]);
      }
    });
  });

  it('[PRJ] is what completes the one phase that it is for', async () => {
    const json = { code: CODE, flow: flows['a factor'] };
    expect(await app.client().post(`${AUTH}/second-factor/sign-in`, { json })).toMatchObject({ status: 200 });
    const enrolment = { code: CODE, flow: flows['an enrolment'] };
    expect(await app.client().post(`${AUTH}/second-factor/enrol`, { json: enrolment })).toMatchObject({ status: 200 });
  });
});

function sessionsIn({ setCookies }: ClientAnswer): readonly string[] {
  return setCookies.filter((cookie) => /^__Host-(user|admin)-session=[^;]/.test(cookie));
}
