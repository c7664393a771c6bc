import { crc32 } from 'node:zlib';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { afterEach } from '@jest/globals';
import {
  AuthService,
  BearerUserGuard,
  CurrentContext,
  CurrentSignIn,
  CurrentUser,
  defineResource,
  SessionUserGuard,
  UserGuard,
  type AddOn,
  type AuthContext,
  type AuthEvent,
  type Resource,
  type ResourceOptions,
  type Row,
  type SignIn,
} from 'nest-auth-plug';
import { apiKey, type ApiKeyOptions } from 'nest-auth-plug/strategies/api-key';
import { HashQueue, password } from 'nest-auth-plug/strategies/password';
import {
  authTestApp,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
  type Platform,
} from 'nest-auth-plug/testing';
import { base62 } from '../../../lib/crypto/index.js';
import { apiKeysModel } from '../../../lib/strategies/api-key/api-key.rows.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { PASSWORD } from '../../users.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly orgId?: string;
}

export const ADA = 'ada@example.com';
export const BEA = 'bea@example.com';
export const KEYS = '/auth/user/api-key';

@Controller('in')
export class InController {
  constructor(private readonly auth: AuthService) {}

  @UseGuards(UserGuard.accepting('api-key').for('user'))
  @Get('by-key')
  byKey(@CurrentUser() user: User, @CurrentSignIn() { credential, methods, secondFactorAt }: SignIn<User>): object {
    return { email: user.email, id: credential?.id, scopes: [...(credential?.scopes ?? [])], methods, secondFactorAt };
  }

  @UseGuards(UserGuard.accepting('session', 'bearer', 'api-key').for('user'))
  @Get('by-any')
  byAny(@CurrentUser() user: User, @CurrentSignIn() { credential }: SignIn<User>): object {
    return { email: user.email, strategy: credential?.strategy ?? null };
  }

  @UseGuards(SessionUserGuard.for('user'))
  @Get('by-session')
  bySession(@CurrentUser() user: User): object {
    return { email: user.email };
  }

  @UseGuards(BearerUserGuard.for('user'))
  @Get('by-bearer')
  byBearer(@CurrentUser() user: User): object {
    return { email: user.email };
  }

  /** What a handler might do with whoever came by key: it is refused. */
  @UseGuards(UserGuard.accepting('api-key').for('user'))
  @Post('perform')
  async perform(@CurrentContext() context: AuthContext): Promise<object> {
    return this.#issueFor(context);
  }

  /** The way without routes: a handler of the app's own. */
  @UseGuards(SessionUserGuard.for('user'))
  @Post('issue')
  issue(@CurrentContext() context: AuthContext): Promise<object> {
    return this.#issueFor(context);
  }

  async #issueFor(context: AuthContext): Promise<object> {
    const input = { name: 'by code', scopes: 'read' };
    const options = { context, subjectName: 'user' };
    return this.auth.perform(['api-key', 'issue'], input, options).then(
      ({ result, user }) => ({ result, user }),
      (error: unknown) => ({ refused: error instanceof Error ? error.name : null }),
    );
  }
}

export interface KeysAppOptions extends Partial<Omit<AuthTestAppOptions, 'resources'>> {
  readonly keys?: Partial<ApiKeyOptions>;
  readonly user?: Partial<ResourceOptions<User>>;
}

export interface KeysApp extends AuthTestApp {
  readonly users: Resource<User>;
  readonly events: readonly AuthEvent[];
  /** Every row of the table, of every tenant. */
  readonly rows: () => Promise<readonly Row[]>;
}

/** Where those who are about to enter a phase wait for each other. */
export class MeetingPoint {
  #waiting: (() => void)[] = [];
  #expected = { phase: '', people: 0 };
  readonly addOn: AddOn<User> = {
    name: 'meeting-point',
    phases: [],
    beforeActivity: async (_, { activity }) => {
      if (activity[1] !== this.#expected.phase) return;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        if (this.#waiting.length >= this.#expected.people) for (const goOn of this.#waiting.splice(0)) goOn();
      });
    },
  };

  /** Nobody goes on before so many are there; until `people` is 1 again. */
  expect(phase: string, people: number): void {
    this.#expected = { phase, people };
  }
}

/** Apps for a group of tests, closed after each of them. */
export function keysApps(platform: Platform = 'express') {
  const open: KeysApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });
  const boot = async (options: KeysAppOptions = {}) => {
    const app = await keysApp({ platform, ...options });
    open.push(app);
    return app;
  };
  /** Ada, signed in. */
  const visit = async (options: KeysAppOptions = {}) => {
    const app = await boot(options);
    const ada = app.client();
    await register(ada);
    return { app, ada };
  };
  return { boot, visit };
}

const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];
/** Every phase has its route. */
export const ROUTES = Object.fromEntries(
  ['issue', 'list', 'rename', 'revoke'].map((name) => [name, { enabled: true }]),
);

/** An app whose users sign in by password and make keys of `acme`, and whose admins have keys of their own, of the same prefix. */
export async function keysApp({ keys, user, ...options }: KeysAppOptions = {}): Promise<KeysApp> {
  const events: AuthEvent[] = [];
  const users = defineResource<User>({
    subjectName: 'user',
    table: 'users',
    limits: { guessesPerAddress: PLENTY, guessesPerIdentity: PLENTY, guessesPerDevice: PLENTY },
    ...user,
    strategies: [byPassword(), acmeKeys(keys), ...(user?.strategies ?? [])],
    addOns: [{ name: 'watching', phases: [], observe: (event) => void events.push(event) }, ...(user?.addOns ?? [])],
  });
  const admins = defineResource<User>({
    subjectName: 'admin',
    table: 'admins',
    strategies: [byPassword(), acmeKeys()],
  });
  const app = await authTestApp({ controllers: [InController], ...options, resources: [users, admins] });
  const ofAll = { ...apiKeysModel, tenantField: null };
  const rows = () => app.data.findMany(ofAll, {}, { orderBy: 'id', limit: 1000 });
  return { ...app, users, events, rows };
}

function byPassword() {
  const hashQueue = new HashQueue({ parallel: 64 }); // what hashes nothing needs no turns
  return password<User>({ identityField: 'email', hashProvider: new PlainHash(), hashQueue });
}

function acmeKeys(keys: Partial<ApiKeyOptions> = {}) {
  return apiKey<User>({ prefix: 'acme', scopes: ['read', 'write'], routes: ROUTES, ...keys });
}

/** Registers, which signs in. */
export function register(browser: Client, email = ADA, resource = 'user'): Promise<ClientAnswer> {
  const json = { email, password: PASSWORD, passwordConfirmation: PASSWORD };
  return browser.post(`/auth/${resource}/password/register`, { json });
}

export function signIn(browser: Client, email = ADA): Promise<ClientAnswer> {
  return browser.post('/auth/user/password/sign-in', { json: { email, password: PASSWORD } });
}

/** A key as its owner gets it. */
export interface Issued {
  readonly id: string;
  readonly key: string;
}

/** @throws {Error} where none is given */
export async function issue(browser: Client, wishes: object = {}, base = KEYS): Promise<Issued> {
  const answer = await browser.post(`${base}/issue`, { json: { name: 'a key', ...wishes } });
  if (answer.status !== 200) throw new Error(`No key was issued: ${answer.status} ${answer.text}`);
  return answer.body as Issued; // that is what the room answers
}

export const asBearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

/** The status of a request with this key alone. */
export async function statusWith(app: AuthTestApp, key: string, path = '/in/by-key'): Promise<number> {
  return (await app.client().get(path, asBearer(key))).status;
}

/** With the checksum that it ought to have, worked out here once more. */
export function withChecksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return `${body}_${base62(bytes)}`;
}

/** A well-formed key under the id of another. */
export function withAnotherSecret({ key }: Issued): string {
  const [prefix = '', id = ''] = key.split('_');
  return withChecksum(`${prefix}_${id}_${'x'.repeat(43)}`);
}
