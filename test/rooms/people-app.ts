import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  BearerUserGuard,
  CurrentSignIn,
  CurrentUser,
  defineResource,
  SessionUserGuard,
  type AuthEvent,
  type Model,
  type Resource,
  type ResourceOptions,
  type Row,
  type SignIn,
  type Strategy,
  type Subject,
} from 'nest-auth-plug';
import { HashQueue, password } from 'nest-auth-plug/strategies/password';
import {
  authTestApp,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
} from 'nest-auth-plug/testing';
import { NO_LIMITS } from '../security/visit.js';
import { PASSWORD } from '../users.js';
import { PlainHash } from './plain-hash.js';

/** Somebody who signs in by a password. */
export interface Person {
  readonly id: string;
  readonly email: string;
  /** Where the users of a test have tenants. */
  readonly orgId?: string;
  /** Where an add-on of a test confirms addresses. */
  readonly emailConfirmedAt?: Date | null;
}

export const ADA = 'ada@example.com';
export const BEA = 'bea@example.com';
export const EVE = 'eve@example.com';

/** Says who is in, and by what. */
@Controller('in')
class InController {
  @UseGuards(SessionUserGuard.for('user'))
  @Get('by-session')
  bySession(@CurrentUser() { email }: Person, @CurrentSignIn() { methods, secondFactorAt }: SignIn<Person>): object {
    return { email, methods, secondFactorAt };
  }

  @UseGuards(BearerUserGuard.for('user'))
  @Get('by-bearer')
  byBearer(@CurrentUser() { email }: Person, @CurrentSignIn() { methods, secondFactorAt }: SignIn<Person>): object {
    return { email, methods, secondFactorAt };
  }
}

export interface PeopleAppOptions extends Partial<Omit<AuthTestAppOptions, 'resources'>> {
  /** More of the users' resource; its strategies and add-ons come after those of the app. */
  readonly user?: Partial<ResourceOptions<Person>>;
}

/** What they have beside a password. */
export interface Beside {
  readonly users: readonly Strategy<Person>[];
  /** @default nothing */
  readonly admins?: readonly Strategy<Person>[];
}

export interface PeopleApp extends AuthTestApp {
  readonly users: Resource<Person>;
  /** Everything that add-ons are told. */
  readonly events: readonly AuthEvent[];
}

/** An app whose users, and whose admins, sign in by a password, and have the strategies of a test beside it. */
export async function peopleApp(
  { user, controllers = [], ...options }: PeopleAppOptions,
  beside: Beside,
): Promise<PeopleApp> {
  const events: AuthEvent[] = [];
  const users = defineResource<Person>({
    subjectName: 'user',
    table: 'users',
    limits: NO_LIMITS,
    ...user,
    strategies: [byPassword(), ...beside.users, ...(user?.strategies ?? [])],
    addOns: [{ name: 'watching', phases: [], observe: (event) => void events.push(event) }, ...(user?.addOns ?? [])],
  });
  const admins = defineResource<Person>({
    subjectName: 'admin',
    table: 'admins',
    limits: NO_LIMITS,
    strategies: [byPassword(), ...(beside.admins ?? [])],
  });
  const app = await authTestApp({
    ...options,
    controllers: [InController, ...controllers],
    resources: [users, admins],
  });
  return { ...app, users, events };
}

function byPassword(): Strategy<Person> {
  const hashQueue = new HashQueue({ parallel: 64 }); // what hashes nothing needs no turns
  return password<Person>({ identityField: 'email', hashProvider: new PlainHash(), hashQueue });
}

/** Registers, which signs in. */
export function register(browser: Client, email = ADA, resource = 'user'): Promise<ClientAnswer> {
  const json = { email, password: PASSWORD, passwordConfirmation: PASSWORD };
  return browser.post(`/auth/${resource}/password/register`, { json });
}

/** By password: the first step, where there is another. */
export function signIn(browser: Client, email = ADA): Promise<ClientAnswer> {
  return browser.post('/auth/user/password/sign-in', { json: { email, password: PASSWORD } });
}

/** Who is signed in in this browser, and by what; null for nobody. */
export async function whoIsIn(browser: Client): Promise<unknown> {
  const { status, body } = await browser.get('/in/by-session');
  return status === 200 ? body : null;
}

export async function subjectOf({ data, users, service }: PeopleApp, email = ADA): Promise<Subject> {
  const row = await data.findOne(users.model, { email });
  return service.userToSubject(row ?? {}, 'user');
}

/** Every row of a table, of every tenant. */
export function everyRow({ data }: Pick<AuthTestApp, 'data'>, model: Model, orderBy: string): Promise<readonly Row[]> {
  return data.findMany({ ...model, tenantField: null }, {}, { orderBy, limit: 1000 });
}

/**
 * Why the last of these activities was refused: what the log knows and the answer does not say.
 *
 * @param name `totp.sign-in`
 */
export function reasonOf({ events }: Pick<PeopleApp, 'events'>, name: string): unknown {
  return events.findLast((event) => event.name === name)?.facts['reason'];
}

export const REFUSED = { status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed' } };
