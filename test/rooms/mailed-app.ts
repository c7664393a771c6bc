import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  CurrentSignIn,
  CurrentUser,
  defineResource,
  SessionUserGuard,
  type Resource,
  type ResourceOptions,
  type Row,
  type Sender,
  type SignIn,
  type Strategy,
  type Subject,
} from 'nest-auth-plug';
import {
  authTestApp,
  Outbox,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
} from 'nest-auth-plug/testing';
import { tokensModel } from '../../lib/tokens/index.js';
import { NO_LIMITS } from '../security/visit.js';

/** Somebody who is known by an address. */
export interface Addressee {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  /** Where the users of a test have tenants. */
  readonly orgId?: string;
}

export const ADA = 'ada@example.com';
export const BOB = 'bob@example.com';
export const NEW = 'new@example.com';

@Controller('in')
class InController {
  @UseGuards(SessionUserGuard.for('user'))
  @Get()
  whoIsIn(@CurrentUser() user: Addressee, @CurrentSignIn() { methods }: SignIn<Addressee>): object {
    return { email: user.email, methods };
  }
}

export interface MailedAppOptions extends Partial<Omit<AuthTestAppOptions, 'resources'>> {
  /** For the users, and once more for the admins. */
  readonly strategies: (sender: Sender) => readonly Strategy<Addressee>[];
  readonly user?: Partial<ResourceOptions<Addressee>>;
}

export interface MailedApp extends AuthTestApp {
  readonly outbox: Outbox;
  readonly users: Resource<Addressee>;
}

/** An app whose users, and whose admins, sign in by something that is mailed to them. */
export async function mailedApp({ strategies, user, ...options }: MailedAppOptions): Promise<MailedApp> {
  const outbox = new Outbox();
  const common = { fields: { name: 'text' }, limits: NO_LIMITS } as const;
  const users = defineResource<Addressee>({
    subjectName: 'user',
    table: 'users',
    ...common,
    ...user,
    strategies: [...strategies(outbox), ...(user?.strategies ?? [])],
  });
  const admins = defineResource<Addressee>({
    subjectName: 'admin',
    table: 'admins',
    ...common,
    strategies: strategies(outbox),
  });
  const app = await authTestApp({ controllers: [InController], ...options, resources: [users, admins] });
  return { ...app, outbox, users };
}

/** An account that is there already. */
export async function addUser({ data, users, service }: MailedApp, email = ADA, more: Row = {}): Promise<Subject> {
  const id = `id of ${email}`;
  await data.insert(users.model, { id, email, name: null, ...more });
  return service.userToSubject({ id }, 'user');
}

/** Everybody who has an account, by address. */
export async function addresses({ data, users }: MailedApp): Promise<readonly unknown[]> {
  return (await data.findMany(users.model, {}, { orderBy: 'email', limit: 100 })).map(({ email }) => email);
}

/** Who is signed in in this browser. */
export async function whoIsIn(browser: Client): Promise<unknown> {
  const { status, body } = await browser.get('/in');
  return status === 200 && typeof body === 'object' && body !== null ? Reflect.get(body, 'email') : null;
}

/** Asks for something to be mailed, and waits until it is. */
export async function ask(app: AuthTestApp, browser: Client, path: string, email = ADA): Promise<ClientAnswer> {
  const answer = await browser.post(path, { json: { email } });
  await app.idle();
  return answer;
}

/** Follows the link of the newest message. */
export function follow({ outbox }: MailedApp, browser: Client, to = ADA): Promise<ClientAnswer> {
  return browser.get(pathOf(outbox.last(to).link));
}

/** The host of a link is that of `publicUrl`; the app under test listens elsewhere. */
export function pathOf(link: URL | undefined): string {
  if (link === undefined) throw new Error('The message has no link');
  return `${link.pathname}${link.search}`;
}

/** Presses the button of a page's only form, as a browser does that runs no script. */
export function press(browser: Client, { text }: ClientAnswer, typed: Readonly<Record<string, string>> = {}) {
  const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(text) ?? [];
  const inputs = [...text.matchAll(/<input[^>]*?name="([^"]+)"[^>]*?>/g)];
  const form = Object.fromEntries(inputs.map(([input, name = '']) => [name, /value="([^"]*)"/.exec(input)?.[1] ?? '']));
  return browser.post(action, { form: { ...form, ...typed }, headers: FROM_OWN_PAGE });
}

/** What Chromium sends from a page with `no-referrer`. */
const FROM_OWN_PAGE = { origin: 'null', 'sec-fetch-site': 'same-origin' };

/** What a stranger learns of a refusal. */
export function refusal({ status, body, setCookies }: ClientAnswer): object {
  return { status, body, setCookies };
}

/** Every row of `tokens`. */
export function rowsOfTokens({ data }: AuthTestApp): Promise<readonly Row[]> {
  return data.forTenant('').findMany(tokensModel, {}, { orderBy: 'issuedAt', limit: 100 });
}
