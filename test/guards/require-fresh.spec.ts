import {
  Catch,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  UseFilters,
  UseGuards,
  type ArgumentsHost,
  type ExceptionFilter,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  definePhase,
  LoadFromSession,
  OptionalUser,
  Public,
  RequireFresh,
  RequireSecondFactor,
  StepUpRequired,
  UserGuard,
  type AddOn,
  type AuthEvent,
  type StepUpChallenge,
  type Strategy,
} from 'nest-auth-plug';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { faultyDataLayer } from '../faulty-data-layer.js';
import {
  AUTH,
  CODE,
  enrol,
  isInBy,
  register,
  roomsApp,
  SESSION,
  signIn,
  textIn,
  type RoomsApp,
  type RoomsAppOptions,
} from '../rooms/rooms-app.js';
import { PASSWORD, type User } from '../users.js';

const AnyGuard = UserGuard.accepting('session', 'bearer', 'header-key').for('user');

/** Sends browsers to a page of its own. */
@Catch(StepUpRequired)
class ToVerifyFilter implements ExceptionFilter<StepUpRequired> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch({ challenge }: StepUpRequired, context: ArgumentsHost): void {
    const back = encodeURIComponent(challenge.returnTo ?? '/');
    this.host.httpAdapter.redirect(context.getArgByIndex(1), 303, `/verify?returnTo=${back}`);
  }
}

/** The same, by the guard. */
@Injectable()
class TeapotGuard extends AnyGuard {
  protected override stepUp(_context: ExecutionContext, { maxAgeSeconds }: StepUpChallenge): Error {
    return new Error(`within ${maxAgeSeconds}`);
  }
}

@Controller('asking')
@UseGuards(AnyGuard)
class AskingController {
  @RequireFresh()
  @Get('fresh')
  fresh(): string {
    return 'fresh';
  }

  @RequireFresh({ withinSeconds: 60 })
  @Get('minute')
  minute(): string {
    return 'minute';
  }

  @RequireFresh()
  @Post('fresh')
  change(): string {
    return 'changed';
  }

  @RequireSecondFactor()
  @Get('factor')
  factor(): string {
    return 'factor';
  }

  @RequireFresh({ withinSeconds: 60, factor: 'second' })
  @Get('fresh-factor')
  freshFactor(): string {
    return 'fresh factor';
  }

  @RequireFresh({ withinSeconds: 60 })
  @UseFilters(ToVerifyFilter)
  @Get('page')
  page(): string {
    return 'page';
  }
}

@Controller('of-class')
@UseGuards(AnyGuard)
@RequireFresh({ withinSeconds: 300 })
class AskingClassController {
  @Get()
  index(): string {
    return 'index';
  }

  @RequireSecondFactor()
  @RequireFresh({ withinSeconds: 60 })
  @Get('more')
  more(): string {
    return 'more';
  }
}

@Controller('odd')
class OddController {
  @RequireFresh()
  @Get('unguarded')
  unguarded(): string {
    return 'unguarded';
  }

  @RequireFresh()
  @OptionalUser()
  @UseGuards(AnyGuard)
  @Get('optional')
  optional(): string {
    return 'optional';
  }

  @RequireSecondFactor()
  @Public()
  @UseGuards(AnyGuard)
  @Get('public')
  open(): string {
    return 'public';
  }

  @RequireFresh({ withinSeconds: 60 })
  @UseGuards(TeapotGuard)
  @Get('teapot')
  teapot(): string {
    return 'teapot';
  }
}

@Module({})
class LoadingModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LoadFromSession).forRoutes('{*path}');
  }
}

/** Gives new handles to whoever asks, who shows nothing for them. */
function renewing(): Strategy<User> {
  const phase = definePhase<User, Record<never, never>>({
    name: 'renew',
    methods: ['POST'],
    fields: {},
    actor: 'user',
    run: () => Promise.resolve({ kind: 'renewed', effect: () => Promise.resolve({}) }),
  });
  return { name: 'renewing', phases: [phase] };
}

const events: AuthEvent[] = [];
const watching: AddOn<User> = { name: 'watching', phases: [], observe: (event) => void events.push(event) };

const KNOWN = 'known-browser';
/** Knows a browser by a cookie. */
const knowing: AddOn<User> = {
  name: 'knowing',
  phases: [],
  async loadUser({ accounts, cookies, clock }) {
    const email = cookies.get(KNOWN);
    const account = email === null ? null : await accounts.findByIdentity('email', email);
    if (account === null) return null;
    const { user, subjectEpoch } = account;
    return { user, subjectEpoch, methods: ['known'], factors: 1, remembered: { since: clock.now() } };
  },
};

describe.each<Platform>(['express', 'fastify'])('on %s', (platform) => {
  let app: RoomsApp;
  afterEach(() => app.close());

  async function boot(options: RoomsAppOptions = {}) {
    const controllers = [AskingController, AskingClassController, OddController];
    const user = { strategies: [renewing()], addOns: [watching, knowing], ...options.user };
    app = await roomsApp({ platform, controllers, withAllHooks: false, ...options, user });
    const browser = app.client();
    const token = textIn(await register(browser), 'token');
    return { browser, token };
  }
  const verify = (browser: Client, password = PASSWORD) =>
    browser.post(`${AUTH}/password/verify`, { json: { password } });
  const showCode = (browser: Client) => browser.post(`${AUTH}/second-factor/verify`, { json: { code: CODE } });
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const statusAt = async (browser: Client, path: string, request = {}) => (await browser.get(path, request)).status;

  describe.each(['stored', 'stateless-until-they-expire'] as const)('@RequireFresh() with %s sign-ins', (signIns) => {
    const options = { user: { signIns } };

    it('[ASVS 7.5.3] lets through whoever showed something a short while ago, by cookie and by token', async () => {
      const { browser, token } = await boot(options);

      app.clock.advance(599);
      expect(await statusAt(browser, '/asking/fresh')).toBe(200);
      expect(await statusAt(app.client(), '/asking/fresh', bearer(token))).toBe(200);

      app.clock.advance(1);
      expect(await statusAt(browser, '/asking/fresh')).toBe(401);
      expect(await statusAt(app.client(), '/asking/fresh', bearer(token))).toBe(401);
    });

    it('[ASVS 7.5.3] lets them through again once they have shown the password again, by new handles', async () => {
      const { browser, token } = await boot(options);
      const cookie = browser.cookies.get(SESSION);
      app.clock.advance(700);

      expect(await verify(browser, 'wrong password')).toMatchObject({ status: 401, setCookies: [] });
      expect(await statusAt(browser, '/asking/fresh')).toBe(401);
      const answer = await verify(browser);
      expect(answer).toMatchObject({ status: 200, body: { user: {} } });

      expect(await statusAt(browser, '/asking/fresh')).toBe(200);
      expect(browser.cookies.get(SESSION)).not.toBe(cookie);
      const fresh = textIn(answer, 'token');
      expect(await statusAt(app.client(), '/asking/fresh', bearer(fresh))).toBe(200);
      expect(await statusAt(app.client(), '/asking/fresh', bearer(token))).toBe(401);
      expect(await isInBy(app, token)).toBe(signIns !== 'stored');
    });

    it('takes the proof of a client that has no cookie', async () => {
      const { token } = await boot(options);
      app.clock.advance(700);

      const answer = await app
        .client()
        .post(`${AUTH}/password/verify`, { ...bearer(token), json: { password: PASSWORD } });

      expect(await statusAt(app.client(), '/asking/fresh', bearer(textIn(answer, 'token')))).toBe(200);
    });

    it('is met by no new handles for which nothing was shown', async () => {
      const { browser } = await boot(options);
      app.clock.advance(700);

      expect(await browser.post(`${AUTH}/renewing/renew`, { json: {} })).toMatchObject({ status: 200 });

      expect(await statusAt(browser, '/asking/fresh')).toBe(401);
    });
  });

  describe('@RequireFresh()', () => {
    it('[RFC 9470 §3] says what is asked for, what can do it and where to come back to', async () => {
      const { browser } = await boot();
      app.clock.advance(61);

      const answer = await browser.get('/asking/minute?tab=2');

      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="60"',
      );
      expect(answer.body).toEqual({
        code: 'ERR_STEP_UP_REQUIRED',
        message: expect.any(String),
        maxAgeSeconds: 60,
        secondFactor: false,
        activities: [{ strategy: 'password', phase: 'verify' }],
        enrolments: [],
        returnTo: '/asking/minute?tab=2',
      });
      expect(events.at(-1)).toMatchObject({ name: 'guard.refused', facts: { reason: 'step_up_required' } });
    });

    it('leads back to nothing that is no page', async () => {
      const { browser } = await boot();
      app.clock.advance(700);

      expect(await browser.post('/asking/fresh', { json: {} })).toMatchObject({
        status: 401,
        body: { returnTo: null },
      });
    });

    it('offers what the user has: no password to whoever has none', async () => {
      await boot();
      await app.data.update(app.users.model, {}, { passwordHash: null });
      const user = await app.service.subjectToUser<User>((await liveSubject()) ?? '');
      const { token } = await app.service.signIn(user ?? {}, { methods: ['sso'], subjectName: 'user' });
      app.clock.advance(700);

      const answer = await app.client().get('/asking/fresh', bearer(token ?? ''));

      expect(answer).toMatchObject({ status: 401, body: { activities: [] } });
    });

    it('[Session sheet] is not met by a browser that is merely known', async () => {
      await boot();
      const browser = app.client();
      browser.cookies.set(KNOWN, 'ada@example.com');

      expect(await statusAt(browser, '/in/by-session')).toBe(200);
      expect(await statusAt(browser, '/asking/fresh')).toBe(401);
      expect(await verify(browser)).toMatchObject({ status: 200 });
      expect(await statusAt(browser, '/asking/fresh')).toBe(200);
    });

    it('[ASVS 10.3.2] is never met by a key, which has nothing to show', async () => {
      const { browser } = await boot();
      const key = textIn(await browser.post(`${AUTH}/header-key/create`, { json: {} }), 'key');
      const withKey = { headers: { 'x-key': key } };

      expect(await statusAt(app.client(), '/in/by-key', withKey)).toBe(200);
      for (const path of ['fresh', 'factor', 'fresh-factor']) {
        const answer = await app.client().get(`/asking/${path}`, withKey);
        expect(answer).toMatchObject({ status: 401, body: { activities: [], enrolments: [] } });
      }
    });

    it('holds for a class, and the stricter of the two for its route', async () => {
      const { browser } = await boot();
      await enrol(browser);
      expect(await statusAt(browser, '/of-class/more')).toBe(200);

      app.clock.advance(61);
      expect(await statusAt(browser, '/of-class')).toBe(200);
      expect(await browser.get('/of-class/more')).toMatchObject({
        status: 401,
        body: { maxAgeSeconds: 60, secondFactor: true },
      });
      app.clock.advance(240);
      expect(await statusAt(browser, '/of-class')).toBe(401);
    });

    it('lets nobody through who is nobody, nor anybody where no guard has loaded them', async () => {
      const { browser } = await boot();

      for (const path of ['unguarded', 'optional', 'public']) {
        const answer = await app.client().get(`/odd/${path}`);
        expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer']);
      }
      expect(await statusAt(browser, '/odd/unguarded')).toBe(401);
      expect(await statusAt(browser, '/odd/optional')).toBe(200);
    });

    it('goes by whom a middleware has loaded, where no guard is', async () => {
      const { browser } = await boot({ imports: [LoadingModule] });

      expect(await statusAt(browser, '/odd/unguarded')).toBe(200);
      expect(await statusAt(browser, '/odd/public')).toBe(401);
      app.clock.advance(600);
      expect(await browser.get('/odd/unguarded')).toMatchObject({ status: 401, body: { maxAgeSeconds: 600 } });
    });

    it('can send a browser to a page of the app, and from there back', async () => {
      const { browser } = await boot();
      app.clock.advance(61);

      const answer = await browser.get('/asking/page?tab=2');

      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        '/verify?returnTo=%2Fasking%2Fpage%3Ftab%3D2',
      ]);
    });

    it('can be answered by a guard of the app', async () => {
      const { browser } = await boot();
      expect(await statusAt(browser, '/odd/teapot')).toBe(200);
      app.clock.advance(61);

      expect(await browser.get('/odd/teapot')).toMatchObject({ status: 500 });
    });

    it('signs nobody out where the store is away, and says so', async () => {
      const faulty = faultyDataLayer(memoryDataLayer());
      const { browser } = await boot({ dataLayer: faulty.adapter, user: { signIns: 'stateless-until-they-expire' } });
      app.clock.advance(700);

      faulty.setGone(true);
      const answer = await browser.get('/asking/fresh');
      faulty.setGone(false);

      expect([answer.status, answer.headers.get('retry-after'), answer.setCookies]).toEqual([503, '5', []]);
      expect(await statusAt(browser, '/asking/fresh')).toBe(401);
    });

    it('tells phases for a fresh sign-in in the same way what can do it', async () => {
      const { browser } = await boot();
      app.clock.advance(700);

      expect(await browser.post(`${AUTH}/session/end`, { json: { listId: 'others' } })).toMatchObject({
        status: 403,
        body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED', activities: [{ strategy: 'password', phase: 'verify' }] },
      });
    });
  });

  describe('@RequireSecondFactor()', () => {
    it('[ASVS 7.5.3] lets through whoever has shown one, whenever that was, and nobody else', async () => {
      const { browser } = await boot();
      expect(await browser.get('/asking/factor')).toMatchObject({
        status: 401,
        body: {
          maxAgeSeconds: null,
          secondFactor: true,
          activities: [],
          enrolments: [{ strategy: 'second-factor', phase: 'enrol' }],
        },
      });

      await enrol(browser);
      app.clock.advance(24 * 3600);

      expect(await statusAt(browser, '/asking/factor')).toBe(200);
      const elsewhere = app.client();
      await signIn(elsewhere);
      expect(await statusAt(elsewhere, '/asking/factor')).toBe(401);
    });

    it('[RFC 9470 §3] says that a factor is asked for, and of no age', async () => {
      const { browser } = await boot();

      const answer = await browser.get('/asking/factor');

      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", error_description="A second factor is required"',
      );
    });

    it('is not met by the password, shown again; by the factor it is', async () => {
      const { browser } = await boot({ user: { secondFactor: 'off' } });
      await enrol(browser);
      const phone = app.client();
      await signIn(phone);
      expect(await phone.get('/asking/factor')).toMatchObject({
        status: 401,
        body: { activities: [{ strategy: 'second-factor', phase: 'verify' }], enrolments: [] },
      });

      await verify(phone);
      expect(await statusAt(phone, '/asking/factor')).toBe(401);
      expect(await showCode(phone)).toMatchObject({ status: 200 });
      expect(await statusAt(phone, '/asking/factor')).toBe(200);
    });

    it('[ASVS 7.5.3] with an age goes by the factor alone, not by what else was shown', async () => {
      const { browser } = await boot();
      await enrol(browser);
      expect(await statusAt(browser, '/asking/fresh-factor')).toBe(200);
      app.clock.advance(61);

      await verify(browser);
      expect(await statusAt(browser, '/asking/minute')).toBe(200);
      expect(await browser.get('/asking/fresh-factor')).toMatchObject({
        status: 401,
        body: { maxAgeSeconds: 60, activities: [{ strategy: 'second-factor', phase: 'verify' }] },
      });
      await showCode(browser);
      expect(await statusAt(browser, '/asking/fresh-factor')).toBe(200);
    });
  });

  it('a bearer token says when something was shown, how, and when a second factor was', async () => {
    const { browser, token } = await boot();
    const start = app.clock.now().getTime() / 1000;
    expect(claimsOf(token)).toMatchObject({ auth_time: start, amr: ['pwd'] });
    expect(claimsOf(token)).not.toHaveProperty('second_factor_time');
    app.clock.advance(5);
    await enrol(browser);
    app.clock.advance(5);

    const renewed = claimsOf(textIn(await browser.post(`${AUTH}/renewing/renew`, { json: {} }), 'token'));

    expect(renewed).toMatchObject({ auth_time: start + 5, amr: ['pwd', 'otp', 'mfa'], second_factor_time: start + 5 });
    const verified = claimsOf(textIn(await verify(browser), 'token'));
    expect(verified).toMatchObject({ auth_time: start + 10, second_factor_time: start + 5 });
  });

  const liveSubject = async () => {
    const row = await app.data.findOne(app.users.model, { email: 'ada@example.com' });
    return row && app.service.userToSubject(row, 'user');
  };
});

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  '@RequireFresh() takes no %d for an age',
  (withinSeconds) => {
    expect(() => RequireFresh({ withinSeconds })).toThrow(RangeError);
  },
);
