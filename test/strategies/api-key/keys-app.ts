import { crc32 } from 'node:zlib';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import {
  AuthService,
  CurrentContext,
  CurrentSignIn,
  CurrentUser,
  SessionUserGuard,
  UserGuard,
  type AddOn,
  type AuthContext,
  type Row,
  type SignIn,
} from 'nest-auth-plug';
import { apiKey, type ApiKeyOptions } from 'nest-auth-plug/strategies/api-key';
import type { AuthTestApp, Client, Platform } from 'nest-auth-plug/testing';
import { base62 } from '../../../lib/crypto/index.js';
import { apiKeysModel } from '../../../lib/strategies/api-key/api-key.rows.js';
import { closedAfterEach } from '../../closed-after-each.js';
import {
  everyRow,
  peopleApp,
  register,
  type PeopleApp,
  type PeopleAppOptions,
  type Person,
} from '../../rooms/people-app.js';

export { ADA, BEA, register, signIn, subjectOf } from '../../rooms/people-app.js';
export type { Person as User } from '../../rooms/people-app.js';

export const KEYS = '/auth/user/api-key';

@Controller('in')
class KeyController {
  constructor(private readonly auth: AuthService) {}

  @UseGuards(UserGuard.accepting('api-key').for('user'))
  @Get('by-key')
  byKey(@CurrentUser() user: Person, @CurrentSignIn() { credential, methods, secondFactorAt }: SignIn<Person>): object {
    return { email: user.email, id: credential?.id, scopes: [...(credential?.scopes ?? [])], methods, secondFactorAt };
  }

  @UseGuards(UserGuard.accepting('session', 'bearer', 'api-key').for('user'))
  @Get('by-any')
  byAny(@CurrentUser() user: Person, @CurrentSignIn() { credential }: SignIn<Person>): object {
    return { email: user.email, strategy: credential?.strategy ?? null };
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

export interface KeysAppOptions extends PeopleAppOptions {
  readonly keys?: Partial<ApiKeyOptions>;
}

export interface KeysApp extends PeopleApp {
  /** Every row of the table, of every tenant. */
  readonly rows: () => Promise<readonly Row[]>;
}

/** Where those who are about to enter a phase wait for each other. */
export class MeetingPoint {
  #waiting: (() => void)[] = [];
  #expected = { phase: '', people: 0 };
  readonly addOn: AddOn<Person> = {
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
  const closing = closedAfterEach();
  const boot = async (options: KeysAppOptions = {}) => closing(await keysApp({ platform, ...options }));
  /** Ada, signed in. */
  const visit = async (options: KeysAppOptions = {}) => {
    const app = await boot(options);
    const ada = app.client();
    await register(ada);
    return { app, ada };
  };
  return { boot, visit };
}

/** Every phase has its route. */
export const ROUTES = Object.fromEntries(
  ['issue', 'list', 'rename', 'revoke'].map((name) => [name, { enabled: true }]),
);

/** An app whose users make keys of `acme`, and whose admins have keys of their own, of the same prefix. */
export async function keysApp({ keys, ...options }: KeysAppOptions = {}): Promise<KeysApp> {
  const app = await peopleApp(
    { controllers: [KeyController], ...options },
    { users: [acmeKeys(keys)], admins: [acmeKeys()] },
  );
  return { ...app, rows: () => everyRow(app, apiKeysModel, 'id') };
}

function acmeKeys(keys: Partial<ApiKeyOptions> = {}) {
  return apiKey<Person>({ prefix: 'acme', scopes: ['read', 'write'], routes: ROUTES, ...keys });
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
