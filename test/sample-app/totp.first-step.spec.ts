import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Resource, SecondFactorRequired } from 'nest-auth-plug';
import { Client, FakeClock, type ClientAnswer, type Platform } from 'nest-auth-plug/testing';
import { phaseRoutes, type PhaseRoute } from '../../lib/activities/index.js';
import { makeUsers } from '../../sample-app/src/auth/users.js';
import { routesOf, type PlatformRoute } from './routes.js';
import { sampleSettings, startSampleAt, type Sample } from './start-sample.js';
import { codesOf } from './totp.codes.js';

// Each route of the app twice, on a busy machine.
jest.setTimeout(90_000);

const ADA = 'ada@example.com';
const PASSWORD = 'a pear tree in the valley';
const PENDING = '__Host-user-flow-session-pending';
const SESSION = '__Host-user-session';
const AUTH = '/auth/user';

type Headers = Readonly<Record<string, string>>;
/** How a client shows that it has the first step behind it. */
interface Shown {
  readonly cookies?: Headers;
  readonly headers?: Headers;
  readonly fields?: Headers;
}

const WAYS: Readonly<Record<string, (flow: string) => Shown>> = {
  'the cookie that it came in': (flow) => ({ cookies: { [PENDING]: flow } }),
  'the field "flow"': (flow) => ({ fields: { flow } }),
  'a bearer token': (flow) => ({ headers: { authorization: `Bearer ${flow}` } }),
  'the session cookie': (flow) => ({ cookies: { [SESSION]: flow } }),
  'a key': (flow) => ({ headers: { 'x-api-key': flow } }),
};

describe.each<Platform>(['express', 'fastify'])(
  'a first step that waits for a code, at the sample app on %s',
  (platform) => {
    let sample: Sample;
    let clock: FakeClock;
    let routes: () => readonly PlatformRoute[];
    let phases: ReadonlyMap<string, PhaseRoute>;
    beforeEach(async () => {
      clock = new FakeClock();
      sample = await startSampleAt(clock, platform, (app) => (routes = routesOf(app)));
      phases = await phasesOfSample();
    });
    afterEach(() => sample.close());

    /** Ada, whose password is right, and who has not shown her other factor. */
    async function firstStep() {
      const owner = new Client(sample.url);
      await owner.post(`${AUTH}/password/register`, {
        json: { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD },
      });
      const code = codesOf((await owner.post(`${AUTH}/totp/setup`, { json: {} })).body, clock);
      await owner.post(`${AUTH}/totp/confirm-setup`, { json: { code: code() } });
      await owner.post(`${AUTH}/recovery-code/generate`, { json: {} });
      const asked = await new Client(sample.url).post(`${AUTH}/password/sign-in`, {
        json: { email: ADA, password: PASSWORD },
      });
      clock.advance(30);
      const { flow, factors } = asked.body as Pick<SecondFactorRequired, 'flow' | 'factors'>; // of `JsonAuthPlug`
      return { code, flow, factors };
    }

    async function visit({ method, path }: PlatformRoute, { cookies, headers, fields }: Shown = {}): Promise<Seen> {
      const client = new Client(sample.url);
      for (const [name, value] of Object.entries(cookies ?? {})) client.cookies.set(name, value);
      const typed = { ...inputOf(phases.get(`${method} ${path}`)), ...fields };
      const query = new URLSearchParams(typed).toString();
      const isRead = method === 'GET' || method === 'DELETE';
      const answer = isRead
        ? await client.request(method, query === '' ? path : `${path}?${query}`, {
            headers: { accept: 'text/html', ...headers },
          })
        : await client.request(method, path, { headers, json: typed });
      return seenIn(answer);
    }

    it.each(Object.keys(WAYS))('[PRJ] opens no route but those of its factors, shown as %s', async (way) => {
      const { flow, factors } = await firstStep();
      const shown = WAYS[way]?.(flow) ?? {};
      const isOfFactor = (phase: PhaseRoute | undefined) =>
        phase?.phase.actor === 'pending' && factors.some(({ strategy }) => strategy === phase.activity[0]);
      const others = routes().filter(({ method, path }) => !isOfFactor(phases.get(`${method} ${path}`)));
      expect(routes().length - others.length).toBe(factors.length);
      expect(others.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['/', '/api', '/devices', '/account/danger', '/passkeys', `${AUTH}/session/sign-out`]),
      );
      expect(
        [...phases.keys()].filter((one) => !routes().some(({ method, path }) => one === `${method} ${path}`)),
      ).toEqual([]);

      for (const route of others) {
        const name = `${route.method} ${route.pattern}`;
        // A handle that is no field is one unknown text more, whoever has it.
        const asStranger = await visit(route, { ...(shown.headers && { headers: scrambled(shown.headers) }) });
        expect([name, await visit(route, shown)]).toEqual([name, asStranger]);
        expect([name, asStranger.session]).toEqual([name, false]);
      }
    });

    it('[PRJ] is completed by its factor, and then opens what it did not', async () => {
      const { flow, code } = await firstStep();
      const client = new Client(sample.url);

      const completed = await client.post(`${AUTH}/totp/sign-in`, { json: { code: code(), flow } });

      expect([completed.status, seenIn(completed).session]).toEqual([200, true]);
      expect(await client.get('/devices')).toMatchObject({ status: 200 });
    });
  },
);

/** Of an answer what may not depend on a first step. */
interface Seen {
  readonly status: number;
  readonly to: string | null;
  readonly knowsAda: boolean;
  readonly session: boolean;
}

function seenIn({ status, headers, text, setCookies }: ClientAnswer): Seen {
  const session = setCookies.some((cookie) => cookie.startsWith(`${SESSION}=`) && !cookie.startsWith(`${SESSION}=;`));
  return { status, to: headers.get('location')?.replace(/\?.*/, '') ?? null, knowsAda: text.includes(ADA), session };
}

/** Right in form, and Ada's where somebody is named. */
function inputOf(route: PhaseRoute | undefined): Headers {
  const typed = Object.entries(route?.phase.fields ?? {}).map(([name, { kind }]) => {
    if (kind === 'identity') return [name, ADA] as const;
    return [name, kind === 'flag' ? 'on' : 'something'] as const;
  });
  return Object.fromEntries(typed);
}

/** Another text of the same length. */
function scrambled(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(/.{8}$/, 'AAAAAAAA')]));
}

/** What the app's own description says of each route, by method and path. */
async function phasesOfSample(): Promise<ReadonlyMap<string, PhaseRoute>> {
  const { settings, forget } = await sampleSettings();
  const users: unknown = makeUsers(settings);
  await forget();
  const described = phaseRoutes([users as Resource]); // whose users are of this app's type
  return new Map(described.map((route) => [`${route.method} /auth${route.path}`, route]));
}
