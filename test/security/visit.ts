import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  BearerUserGuard,
  CurrentUser,
  defineResource,
  SessionUserGuard,
  type Resource,
  type ResourceOptions,
  type Row,
} from 'nest-auth-plug';
import { password, type PasswordOptions } from 'nest-auth-plug/strategies/password';
import {
  authTestApp,
  Outbox,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
  type Platform,
} from 'nest-auth-plug/testing';
import { signInsModel } from '../../lib/sessions/index.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, type User } from '../users.js';

export const ADA = 'ada@example.com';
export const SIGN_IN = '/auth/user/password/sign-in';
export const REGISTER = '/auth/user/password/register';
export const SESSION_COOKIE = '__Host-user-session';
export const DEVICE_COOKIE = '__Host-user-device';

@Controller('home')
@UseGuards(SessionUserGuard)
class HomeController {
  @Get()
  home(@CurrentUser() user: User): object {
    return { email: user.email };
  }
}

@Controller('api')
@UseGuards(BearerUserGuard)
class ApiController {
  @Get()
  index(@CurrentUser() user: User): object {
    return { email: user.email };
  }
}

@Controller('health')
class HealthController {
  @Get()
  health(): string {
    return 'ok';
  }
}

/** What a visit is to have that the usual one has not. */
export interface VisitOptions {
  readonly resource?: Partial<ResourceOptions<User>> | undefined;
  readonly password?: Partial<PasswordOptions<User>> | undefined;
  readonly app?: Partial<AuthTestAppOptions> | undefined;
}

export interface Visit {
  readonly app: AuthTestApp;
  readonly users: Resource<User>;
  readonly outbox: Outbox;
  readonly hasher: FakeHashProvider;
}

/** Limits that no test reaches by chance. */
const NO_LIMIT = [{ limit: 100_000, windowSeconds: 900 }];
export const NO_LIMITS = {
  guessesPerAddress: NO_LIMIT,
  guessesPerIdentity: NO_LIMIT,
  guessesPerDevice: NO_LIMIT,
  messagesPerAddress: NO_LIMIT,
  messagesPerIdentity: NO_LIMIT,
};

/** An app with a page for session users (`/home`), one for bearer tokens (`/api`) and one for all (`/health`). */
export async function visit(platform: Platform, options: VisitOptions = {}): Promise<Visit> {
  const outbox = new Outbox();
  const hasher = new FakeHashProvider();
  const users = defineResource<User>({
    subjectName: 'user',
    table: 'users',
    fields: { name: 'text' },
    ...options.resource,
    strategies: [
      password<User>({
        identityField: 'email',
        accept: ['name'],
        resettable: { sender: outbox, page: '/reset' },
        hashProvider: hasher,
        ...options.password,
      }),
      ...(options.resource?.strategies ?? []),
    ],
  });
  const app = await authTestApp({
    platform,
    resources: [users],
    controllers: [HomeController, ApiController, HealthController],
    ...options.app,
  });
  return { app, users, outbox, hasher };
}

export function register(browser: Client, email = ADA): Promise<ClientAnswer> {
  const typed = { password: PASSWORD, passwordConfirmation: PASSWORD };
  return browser.post(REGISTER, { json: { email, name: email, ...typed } });
}

export function signIn(browser: Client, typed = PASSWORD, email = ADA, headers = {}): Promise<ClientAnswer> {
  return browser.post(SIGN_IN, { json: { email, password: typed }, headers });
}

/** The bearer token that a sign-in answered with. */
export function tokenIn(answer: ClientAnswer): string {
  const { body } = answer;
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') return body.token;
  throw new Error(`Expected an answer with a token, got ${answer.status} ${answer.text}`);
}

export function sessionOf(browser: Client): string {
  const value = browser.cookies.get(SESSION_COOKIE);
  if (value === undefined) throw new Error('Expected a session cookie');
  return value;
}

/** A browser that has one cookie and nothing else. */
export function holderOf(app: AuthTestApp, session: string): Client {
  const thief = app.client();
  thief.cookies.set(SESSION_COOKIE, session);
  return thief;
}

export async function isIn(browser: Client): Promise<boolean> {
  return (await browser.get('/home')).status === 200;
}

export async function opens(app: AuthTestApp, token: string): Promise<boolean> {
  return (await app.client().get('/api', { headers: { authorization: `Bearer ${token}` } })).status === 200;
}

export { comparable } from '../../lib/testing/contracts/comparable.js';

/** Every row of `sign_ins`, oldest first. */
export function signInRows(app: AuthTestApp): Promise<readonly Row[]> {
  return app.data.forTenant('').findMany(signInsModel, {}, { orderBy: 'createdAt', limit: 1000 });
}
