import { Controller, Inject, Injectable, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import {
  AuthModule,
  AuthPlug,
  AuthService,
  ConfigurationInvalid,
  DATA_LAYER,
  defineOtpApp,
  defineResource,
  JsonAuthPlug,
  type AnyResource,
  type DataLayerAdapter,
  type Message,
  type OtpApp,
  type OtpAppOptions,
  type Phase,
  type Sender,
  type Strategy,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp } from 'nest-auth-plug/testing';
import { userResource, type User } from '../users.js';

const SECRET = 'k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM';

@Controller('auth')
class Plug extends JsonAuthPlug<User> {}

type Change = Partial<Omit<OtpAppOptions<readonly AnyResource[]>, 'plug'>> & { readonly plug?: Type<AuthPlug<never>> };

function app(change: Change = {}): OtpApp {
  return defineOtpApp<readonly AnyResource[]>({
    name: 'my-app',
    plug: Plug,
    publicUrl: 'http://localhost:3000',
    secrets: [SECRET],
    dataLayer: memoryDataLayer(),
    resources: [userResource().resource],
    ...change,
  });
}

/** The problems that a boot stops with, a line each; none when it starts. */
async function problemsOf(otpApp: OtpApp): Promise<readonly string[]> {
  try {
    const module = await Test.createTestingModule({ imports: [AuthModule.forRoot(otpApp)] }).compile();
    const nest = module.createNestApplication({ logger: false });
    await nest.init();
    await nest.close();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationInvalid)) throw error;
    return error.problems.map(({ where, wrong, cure }) => `${where}: ${wrong} → ${cure}`);
  }
}

function enrolling(actor: Phase<User>['actor']): Strategy<User> {
  const run = () => Promise.resolve({ kind: 'done' } as const);
  return { name: 'enrolling', phases: [{ name: 'enrol', methods: ['POST'], fields: {}, actor, enrols: true, run }] };
}

describe('a boot', () => {
  it('starts an app that can work', async () => {
    expect(await problemsOf(app())).toEqual([]);
  });

  it('[PRJ] stops with every problem at once, each with its cure', async () => {
    const { resource } = userResource();
    const problems = await problemsOf(
      app({ name: 'My App', publicUrl: 'ftp://x/y', secrets: ['short'], resources: [resource, resource] }),
    );

    expect(problems.length).toBeGreaterThanOrEqual(4);
    expect(problems.join('\n')).toMatch(/name: is not a kebab-case word → write a name such as 'my-app'/);
    expect(problems.join('\n')).toMatch(/publicUrl: .* → write where browsers reach the app/);
    expect(problems.join('\n')).toMatch(/secrets\[0\]: is shorter than 32 bytes → run `openssl rand -base64 48`/);
    expect(problems.join('\n')).toMatch(/resources: two are called "user"/);
    expect(problems.join('\n')).not.toContain('short"');
  });

  it.each<[string, Change, RegExp]>([
    ['no secret', { secrets: [undefined] }, /secrets\[0\]: is missing or empty/],
    ['a placeholder', { secrets: ['changeme-changeme-changeme-changeme-1'] }, /secrets\[0\]: looks like an example/],
    ['two secrets alike', { secrets: [SECRET, SECRET] }, /secrets\[1\]: is the same as secrets\[0\]/],
  ])('[RFC 8725 §3.5] [ASVS 11.2.3] refuses %s', async (_, change, message) => {
    expect((await problemsOf(app(change))).join('\n')).toMatch(message);
  });

  it.each<[string, Change, RegExp]>([
    [
      'plain http on a public host',
      { publicUrl: 'http://app.example', environment: 'production' },
      /publicUrl: is plain http/,
    ],
    ['memory in production', { publicUrl: 'https://app.example' }, /dataLayer: "memory" forgets everything/],
    ['an outbox in production', { publicUrl: 'https://app.example' }, /senders.reset-password: reaches nobody/],
  ])('[ASVS 13.4.2] [ASVS 12.2.1] refuses %s', async (_, change, message) => {
    expect((await problemsOf(app(change))).join('\n')).toMatch(message);
  });

  it.each<[string, Change, RegExp]>([
    ['no public URL', { publicUrl: undefined }, /publicUrl: is missing/],
    ['a path in the public URL', { publicUrl: 'http://localhost:3000/app' }, /publicUrl: is more or less than/],
    ['no data layer', { dataLayer: undefined }, /dataLayer: is missing → write sqlDataLayer/],
    ['no resource', { resources: [] }, /resources: is empty/],
    ['an origin of nowhere', { trustedOrigins: ['null'] }, /trustedOrigins: "null" is no origin/],
    ['an origin of everywhere', { trustedOrigins: ['*'] }, /trustedOrigins: "\*" is no origin/],
    [
      'an origin with a slash after it',
      { trustedOrigins: ['https://front.example/'] },
      /trustedOrigins: "https:\/\/front.example\/" is no origin → write scheme, host and port alone/,
    ],
    [
      'a second factor that is required and that nobody can have',
      { resources: [userResource({ secondFactor: 'required' }).resource] },
      /resources.user.secondFactor: is required, and no strategy is a second factor → put one into strategies/,
    ],
    [
      'a policy that is none',
      { resources: [userResource({ secondFactor: 'always' as never }).resource] },
      /resources.user.secondFactor: is no policy → write 'off', 'optional' or 'required'/,
    ],
    [
      'a phase that enrols a factor and that anybody may enter',
      { resources: [userResource({ strategies: [enrolling('user')] }).resource] },
      /resources.user.enrolling.enrol: enrols a factor and is not for a fresh sign-in → write actor: 'fresh-user'/,
    ],
    [
      'a key of no field',
      { resources: [userResource({ key: {} }).resource] },
      /resources.user.key: names no field → write \{ id: 'uuid' \}/,
    ],
    [
      'a key that is a field as well',
      { resources: [userResource({ key: { name: 'text' } }).resource] },
      /resources.user.key: "name" is one of the fields as well/,
    ],
    [
      'a column for no field',
      { resources: [userResource({ columns: { password: 'encrypted_password' } }).resource] },
      /resources.user.columns: there is no field "password" → write one of: id, email, name, passwordHash/,
    ],
    [
      'two resources in one table',
      { resources: [userResource().resource, userResource({ subjectName: 'admin' }).resource] },
      /two models are kept in the table "users"/,
    ],
  ])('refuses an app with %s', async (_, change, message) => {
    expect((await problemsOf(app(change))).join('\n')).toMatch(message);
  });

  it.each(['subjects', 'sign_ins', 'spent_flows', 'tokens', 'limits'])(
    '[PRJ 14] refuses users in the table %s, which is ours',
    async (table) => {
      const problems = await problemsOf(app({ resources: [userResource({ table }).resource] }));

      expect(problems).toEqual([expect.stringContaining(`two models are kept in the table "${table}"`)]);
    },
  );

  it('[PRJ 14] refuses a secret that is a text and not a list of one: its letters would be the secrets', async () => {
    // @ts-expect-error whoever writes JavaScript is told at boot
    const problems = await problemsOf(app({ secrets: SECRET }));

    expect(problems).toEqual(['secrets: is not a list → write [secret]']);
  });

  it('[PRJ 14] refuses a resource without a way in', async () => {
    const shut = defineResource<User>({ subjectName: 'user', table: 'users', strategies: [] });

    expect((await problemsOf(app({ resources: [shut] }))).join('\n')).toMatch(/resources.user.strategies: is empty/);
  });

  it('lets a store in memory pass on a public host where development is said', async () => {
    expect(await problemsOf(app({ publicUrl: 'https://app.example', environment: 'development' }))).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    [
      'a limit of nothing',
      { limits: { guessesPerAddress: [{ limit: 0, windowSeconds: 60 }] } },
      /guessesPerAddress.limit/,
    ],
    ['a lifetime that is no number', { sessions: { idleLifetimeSeconds: Number.NaN } }, /sessions.idleLifetimeSeconds/],
    ['a limit without rules', { limits: { guessesPerAddress: [] } }, /limits.guessesPerAddress: has no rule/],
    [
      'a public field on the column of a secret',
      { fields: { name: { kind: 'text', column: 'password_hash' } } },
      /two fields lie on the column "password_hash"/,
    ],
    ['a subject name with capitals', { subjectName: 'User' }, /resources.User.subjectName: is not a kebab-case word/],
    ['two strategies of one name', { strategies: [password({ identityField: 'email' })] }, /two strategies or add-ons/],
  ])('refuses a resource with %s', async (_, change, message) => {
    const { resource } = userResource(change);
    expect((await problemsOf(app({ resources: [resource] }))).join('\n')).toMatch(message);
  });

  it.each<[string, Partial<Strategy<User>>, RegExp]>([
    ['the purpose of sign-ins', { purposes: ['user'] }, /resources.user.odd.purposes: names "user"/],
    [
      'tables and no forget',
      { models: [{ table: 't', tenantField: null, columns: {}, primaryKey: [] }] },
      /no `forget`/,
    ],
    ['routes of a phase that is none', { routes: { nope: {} } }, /there is no phase "nope"/],
    [
      'problems of its own',
      { check: () => [{ where: 'odd', wrong: 'is odd', cure: 'even it' }] },
      /odd: is odd → even it/,
    ],
    [
      'a column that is another room’s',
      { columns: { passwordHash: { type: 'text', private: true } } },
      /"passwordHash"/,
    ],
    ['the name of the built-in room', { name: 'session' }, /called "session"/],
  ])('refuses a strategy with %s', async (_, change, message) => {
    const odd: Strategy<User> = { name: 'odd', phases: [], ...change };
    const { resource } = userResource({ strategies: [odd] });
    expect((await problemsOf(app({ resources: [resource] }))).join('\n')).toMatch(message);
  });

  it('refuses a plug that takes something injected and has no decorator', async () => {
    class Bare extends AuthPlug<User> {
      constructor(readonly service: AuthService) {
        super();
      }
    }
    expect((await problemsOf(app({ plug: Bare }))).join('\n')).toMatch(/plug: Bare has constructor parameters/);
  });

  it('refuses a sender that cannot be made, and names the cure', async () => {
    @Injectable()
    class NeedsMail implements Sender {
      constructor(@Inject('MAIL') readonly mail: unknown) {}
      send(): Promise<void> {
        return Promise.resolve();
      }
    }
    const { resource } = userResource({}, { resettable: { sender: NeedsMail, page: '/reset' } });

    const problems = await problemsOf(app({ resources: [resource] }));

    expect(problems.join('\n')).toMatch(/resources.user.password.senders.reset-password: cannot be made: .*MAIL/);
    expect(problems.join('\n')).toMatch(/imports: \[ThatModule\]/);
  });

  it('quotes nothing of what the constructor of a sender throws', async () => {
    class Leaky implements Sender {
      constructor() {
        throw new RangeError('cannot parse smtp://ada:hunter2@mail.example');
      }
      send(): Promise<void> {
        return Promise.resolve();
      }
    }
    const { resource } = userResource({}, { resettable: { sender: Leaky, page: '/reset' } });

    const problems = await problemsOf(app({ resources: [resource] }));

    expect(problems.join('\n')).toMatch(/senders.reset-password: cannot be made: its constructor threw RangeError/);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  it('finds a sender among the providers of the app', async () => {
    const sent: Message[] = [];
    @Injectable()
    class Mailer implements Sender {
      constructor(@Inject('MAIL') readonly mail: Message[]) {}
      send(message: Message): Promise<void> {
        this.mail.push(message);
        return Promise.resolve();
      }
    }
    @Module({ providers: [Mailer, { provide: 'MAIL', useValue: sent }], exports: [Mailer] })
    class MailModule {}
    const { resource } = userResource({}, { resettable: { sender: Mailer, page: '/reset' } });
    const running = await authTestApp({ resources: [resource], imports: [MailModule] });
    await running.service.perform(['password', 'register'], {
      email: 'ada@example.com',
      name: 'Ada',
      password: 'plum tree on the hill',
      passwordConfirmation: 'plum tree on the hill',
    });

    await running.service.perform(['password', 'reset-request'], { email: 'ada@example.com' });
    await running.idle();

    expect(sent).toMatchObject([{ purpose: 'reset-password', to: 'ada@example.com' }]);
    await running.close();
  });

  it('closes what it opened when it stops, and when it never started', async () => {
    let closed = 0;
    const inner = memoryDataLayer();
    const dataLayer: DataLayerAdapter = {
      ...inner,
      async open(models) {
        const layer = await inner.open(models);
        const close = () => {
          closed += 1;
          return layer.close();
        };
        return new Proxy(layer, { get: (target, name) => (name === 'close' ? close : bound(target, name)) });
      },
    };
    await problemsOf(app({ dataLayer }));
    expect(closed).toBe(1);

    await problemsOf(app({ dataLayer, secrets: ['short'] }));
    expect(closed).toBe(2);
  });

  it('makes options late, from what the app injects', async () => {
    @Module({ providers: [{ provide: 'VAULT', useValue: { secret: SECRET } }], exports: ['VAULT'] })
    class VaultModule {}
    const { resource } = userResource();
    const otpApp = defineOtpApp({ name: 'late-app', plug: Plug, resources: [resource] });
    const imports = [
      AuthModule.forRootAsync(otpApp, {
        imports: [VaultModule],
        inject: ['VAULT'],
        useFactory: (vault: { secret: string }) => ({
          publicUrl: 'http://localhost:3000',
          secrets: () => Promise.resolve([vault.secret]),
          dataLayer: memoryDataLayer(),
        }),
      }),
    ];
    const nest = (await Test.createTestingModule({ imports }).compile()).createNestApplication({ logger: false });

    await nest.init();

    expect(nest.get(AuthService, { strict: false })).toBeInstanceOf(AuthService);
    await nest.close();
  });

  it('lets a test replace the data layer by its token', async () => {
    const resources = [userResource().resource];
    const otpApp = app({ resources, dataLayer: sqlDataLayer({ url: 'file:/nowhere/at/all.db' }) });
    const layer = await memoryDataLayer().open([]);
    const module = await Test.createTestingModule({ imports: [AuthModule.forRoot(otpApp)] })
      .overrideProvider(DATA_LAYER)
      .useValue(layer)
      .compile();
    const nest = module.createNestApplication({ logger: false });

    await nest.init();
    await nest.close();
  });

  it('names an unwritable file in one line, with its cure', async () => {
    const problems = await problemsOf(app({ dataLayer: sqlDataLayer({ url: 'file:/nowhere/at/all.db' }) }));

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^dataLayer.*\/nowhere\/at\/all\.db/);
  });

  it('is the same module for the same app, so that importing it twice is once', () => {
    const otpApp = app();

    expect(AuthModule.forRoot(otpApp)).toBe(AuthModule.forRoot(otpApp));
    expect(AuthModule.forRoot(otpApp)).not.toBe(AuthModule.forRoot(app()));
  });
});

describe('types', () => {
  it('refuse a plug for another user, and strategies of fields that are not there', () => {
    interface Robot {
      readonly id: string;
      readonly serial: number;
    }
    @Controller('auth')
    class RobotPlug extends AuthPlug<Robot> {}
    const { resource } = userResource();
    const both = { name: 'my-app', resources: [resource] } as const;

    // @ts-expect-error RobotPlug is for robots
    defineOtpApp({ ...both, plug: RobotPlug });
    defineOtpApp({ ...both, plug: Plug });
    const ofRobots = { subjectName: 'robot', table: 'robots' };
    // @ts-expect-error robots have no e-mail
    defineResource<Robot>({ ...ofRobots, strategies: [password({ identityField: 'email' })] });

    expect(both.name).toBe('my-app');
  });
});

function bound(target: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name);
  return typeof member === 'function' ? member.bind(target) : member;
}
