import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  BearerUserGuard,
  CurrentContext,
  CurrentSignIn,
  CurrentUser,
  defineResource,
  SessionUserGuard,
  UserGuard,
  type AuthContext,
  type Resource,
  type ResourceOptions,
  type Row,
  type SignIn,
  type Subject,
} from 'nest-auth-plug';
import { HashQueue, password } from 'nest-auth-plug/strategies/password';
import {
  authTestApp,
  Outbox,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
} from 'nest-auth-plug/testing';
import { signInsModel } from '../../lib/sessions/index.js';
import { PASSWORD, type User } from '../users.js';
import { allHooks } from './all-hooks.js';
import { Faults } from './faults.js';
import { headerKey } from './header-key.js';
import { link, type LinkOptions } from './link.js';
import { PlainHash } from './plain-hash.js';
import { providerCallback } from './provider-callback.js';
import { secondFactor } from './second-factor.js';

export { copyOf, textIn } from './browsing.js';

@Controller('in')
class InController {
  @UseGuards(SessionUserGuard.for('user'))
  @Get('by-session')
  bySession(@CurrentUser() user: User): string {
    return user.email;
  }

  @UseGuards(BearerUserGuard.for('user'))
  @Get('by-bearer')
  byBearer(@CurrentUser() user: User): string {
    return user.email;
  }

  @UseGuards(UserGuard.accepting('header-key').for('user'))
  @Get('by-key')
  byKey(@CurrentUser() user: User, @CurrentSignIn() { credential }: SignIn<User>): object {
    return { email: user.email, id: credential?.id, scopes: [...(credential?.scopes ?? [])] };
  }

  @UseGuards(UserGuard.for('user'), SessionUserGuard.for('user'))
  @Get('by-two-guards')
  byTwoGuards(@CurrentUser() user: User): string {
    return user.email;
  }

  @UseGuards(SessionUserGuard.for('user'))
  @Get('tenant')
  tenant(
    @CurrentUser() user: User,
    @CurrentContext() ctx: AuthContext,
    @CurrentSignIn() { tenant }: SignIn<User>,
  ): object {
    return { user: user.orgId, context: ctx.tenant, signIn: tenant };
  }

  @UseGuards(SessionUserGuard.for('admin'))
  @Get('by-admin-session')
  byAdminSession(@CurrentUser() admin: User): string {
    return admin.email;
  }

  @UseGuards(UserGuard.accepting('session', 'bearer', 'header-key').for('user'))
  @Get('by-any')
  byAny(@CurrentUser() user: User, @CurrentSignIn() { methods, secondFactorAt }: SignIn<User>): object {
    return { email: user.email, methods, secondFactorAt };
  }
}

export interface RoomsAppOptions extends Partial<Omit<AuthTestAppOptions, 'resources'>> {
  readonly faults?: Faults;
  readonly hash?: PlainHash;
  readonly link?: LinkOptions;
  /** Whether the add-on of all hooks is there, which remembers browsers as well. @default true */
  readonly withAllHooks?: boolean;
  readonly user?: Partial<ResourceOptions<User>>;
}

/** An app whose users have every nature of room, and whose admins have a second factor as well. */
export interface RoomsApp extends AuthTestApp {
  readonly outbox: Outbox;
  readonly hash: PlainHash;
  readonly faults: Faults;
  readonly addOn: ReturnType<typeof allHooks<User>>;
  readonly users: Resource<User>;
}

export async function roomsApp({ faults = new Faults(), user, ...options }: RoomsAppOptions = {}): Promise<RoomsApp> {
  const { hash = new PlainHash(faults), link: linkOptions, withAllHooks = true, controllers = [], ...rest } = options;
  const outbox = new Outbox();
  const sender = {
    async send(message: Parameters<Outbox['send']>[0]) {
      faults.at('sender');
      await outbox.send(message);
    },
  };
  const addOn = allHooks<User>(faults);
  const byPassword = password<User>({
    identityField: 'email',
    accept: ['name'],
    resettable: { sender, page: '/reset' },
    signInTokens: {},
    hashProvider: hash,
    hashQueue: new HashQueue({ parallel: 64 }), // what hashes nothing needs no turns
    routes: { 'issue-sign-in-token': { enabled: true } },
  });
  const users = defineResource<User>({
    subjectName: 'user',
    table: 'users',
    fields: { name: { kind: 'text', nullable: true } },
    ...user,
    addOns: [...(withAllHooks ? [addOn] : []), ...(user?.addOns ?? [])],
    strategies: [
      byPassword,
      headerKey(faults),
      providerCallback(faults),
      link<User>(sender, faults, linkOptions),
      secondFactor(faults),
      ...(user?.strategies ?? []),
    ],
  });
  const app = await authTestApp({
    ...rest,
    controllers: [InController, ...controllers],
    resources: [users, admins(hash)],
  });
  return { ...app, outbox, hash, faults, addOn, users };
}

function admins(hash: PlainHash): Resource<User> {
  return defineResource<User>({
    subjectName: 'admin',
    table: 'admins',
    fields: { name: { kind: 'text', nullable: true } },
    strategies: [password({ identityField: 'email', hashProvider: hash }), secondFactor()],
  });
}

export const ADA = 'ada@example.com';
export const CODE = 'code of ada';
export const AUTH = '/auth/user';
export const SESSION = '__Host-user-session';

/** Registers, which signs in. */
export async function register(browser: Client, email = ADA, base = AUTH): Promise<ClientAnswer> {
  const json = { email, password: PASSWORD, passwordConfirmation: PASSWORD };
  return browser.post(`${base}/password/register`, { json });
}

export function signIn(browser: Client, more: object = {}, base = AUTH): Promise<ClientAnswer> {
  return browser.post(`${base}/password/sign-in`, { json: { email: ADA, password: PASSWORD, ...more } });
}

export function enrol(browser: Client, base = AUTH): Promise<ClientAnswer> {
  return browser.post(`${base}/second-factor/enrol`, { json: { code: CODE } });
}

export async function isIn(browser: Client): Promise<boolean> {
  return (await browser.get('/in/by-session')).status === 200;
}

export async function isInBy(app: AuthTestApp, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.client().get('/in/by-bearer', { headers })).status === 200;
}

export async function subjectOf(app: RoomsApp, email = ADA): Promise<Subject> {
  const row = await app.data.findOne(app.users.model, { email });
  return app.service.userToSubject(row ?? {}, 'user');
}

/** Live sign-ins, oldest first. */
export function liveRows(app: RoomsApp): Promise<readonly Row[]> {
  return app.data.forTenant('').findMany(signInsModel, { endedAt: null }, { orderBy: 'createdAt', limit: 100 });
}
