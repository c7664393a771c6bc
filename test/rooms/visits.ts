import type { Client, ClientAnswer } from 'nest-auth-plug/testing';
import { PASSWORD } from '../users.js';
import { AUTH, CODE, enrol, register, signIn, textIn, type RoomsApp } from './rooms-app.js';

type Send = () => Promise<ClientAnswer>;

/** One phase, ready to be visited. */
export interface Visit {
  readonly name: string;
  /** Makes whatever has to be there before. @returns the request, to be sent as often as one likes */
  prepare(app: RoomsApp, email: string): Promise<Send>;
}

const FRESH = 'pear tree in the valley';
const typed = { password: FRESH, passwordConfirmation: FRESH };

async function registered(app: RoomsApp, email: string): Promise<Client> {
  const browser = app.client();
  await register(browser, email);
  return browser;
}

/** Sends the same request from the same browser: with the cookies that it had at first. */
function always(browser: Client, method: string, path: string, json?: object, headers?: Record<string, string>): Send {
  const cookies = new Map(browser.cookies);
  return () => {
    browser.cookies.clear();
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    return browser.request(method, path, { ...(json && { json }), ...(headers && { headers }) });
  };
}

async function tokenSent(app: RoomsApp, email: string, phase: string): Promise<string> {
  await app.client().post(`${AUTH}/${phase}`, { json: { email } });
  await app.idle();
  return app.outbox.last(email).link?.searchParams.get('token') ?? '';
}

async function stateOf(browser: Client): Promise<string> {
  const answer = await browser.get(`${AUTH}/provider`);
  return new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? '';
}

/** Every phase of `password`, of the test rooms and of `session`, and the guards. */
export const VISITS: readonly Visit[] = [
  {
    name: 'password register',
    async prepare(app, email) {
      const json = { email, name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
      return always(app.client(), 'POST', `${AUTH}/password/register`, json);
    },
  },
  {
    name: 'password sign-in',
    async prepare(app, email) {
      await registered(app, email);
      const json = { email, password: PASSWORD, rememberMe: 'on' };
      return always(app.client(), 'POST', `${AUTH}/password/sign-in`, json);
    },
  },
  {
    name: 'password sign-in over another session',
    async prepare(app, email) {
      const browser = await registered(app, email);
      return always(browser, 'POST', `${AUTH}/password/sign-in`, { email, password: PASSWORD });
    },
  },
  {
    name: 'password issue-sign-in-token',
    async prepare(app, email) {
      await registered(app, email);
      return always(app.client(), 'POST', `${AUTH}/password/issue-sign-in-token`, { email, password: PASSWORD });
    },
  },
  {
    name: 'password sign-in-with-token',
    async prepare(app, email) {
      await registered(app, email);
      const json = { email, password: PASSWORD };
      const token = textIn(await app.client().post(`${AUTH}/password/issue-sign-in-token`, { json }), 'token');
      return always(app.client(), 'POST', `${AUTH}/password/sign-in-with-token`, { token });
    },
  },
  {
    name: 'password reset-request',
    async prepare(app, email) {
      await registered(app, email);
      return always(app.client(), 'POST', `${AUTH}/password/reset-request`, { email });
    },
  },
  {
    name: 'password reset',
    async prepare(app, email) {
      await registered(app, email);
      const resetToken = await tokenSent(app, email, 'password/reset-request');
      return always(app.client(), 'POST', `${AUTH}/password/reset`, { resetToken, ...typed });
    },
  },
  {
    name: 'password change',
    async prepare(app, email) {
      const browser = await registered(app, email);
      return always(browser, 'POST', `${AUTH}/password/change`, { currentPassword: PASSWORD, ...typed });
    },
  },
  {
    name: 'password verify',
    async prepare(app, email) {
      return always(await registered(app, email), 'POST', `${AUTH}/password/verify`, { password: PASSWORD });
    },
  },
  {
    name: 'header-key create',
    async prepare(app, email) {
      return always(await registered(app, email), 'POST', `${AUTH}/header-key/create`, {});
    },
  },
  {
    name: 'a guard that accepts header-key',
    async prepare(app, email) {
      const browser = await registered(app, email);
      const key = textIn(await browser.post(`${AUTH}/header-key/create`, { json: {} }), 'key');
      return always(app.client(), 'GET', '/in/by-key', undefined, { 'x-key': key });
    },
  },
  {
    name: 'provider request',
    async prepare(app) {
      return always(app.client(), 'GET', `${AUTH}/provider`);
    },
  },
  {
    name: 'provider callback',
    async prepare(app, email) {
      await registered(app, email);
      const browser = app.client();
      const query = new URLSearchParams({ state: await stateOf(browser), code: email }).toString();
      return always(browser, 'GET', `${AUTH}/provider/callback?${query}`);
    },
  },
  {
    name: 'link request',
    async prepare(app, email) {
      await registered(app, email);
      return always(app.client(), 'POST', `${AUTH}/link/request`, { email });
    },
  },
  {
    name: 'link page',
    async prepare(app, email) {
      await registered(app, email);
      const token = await tokenSent(app, email, 'link/request');
      return always(app.client(), 'GET', `${AUTH}/link/sign-in?${new URLSearchParams({ token }).toString()}`);
    },
  },
  {
    name: 'link sign-in',
    async prepare(app, email) {
      await registered(app, email);
      const token = await tokenSent(app, email, 'link/request');
      return always(app.client(), 'POST', `${AUTH}/link/sign-in`, { token });
    },
  },
  {
    name: 'second-factor enrol',
    async prepare(app, email) {
      return always(await registered(app, email), 'POST', `${AUTH}/second-factor/enrol`, { code: CODE });
    },
  },
  {
    name: 'second-factor sign-in',
    async prepare(app, email) {
      await enrol(await registered(app, email));
      const browser = app.client();
      await signIn(browser, { email });
      return always(browser, 'POST', `${AUTH}/second-factor/sign-in`, { code: CODE });
    },
  },
  {
    name: 'second-factor verify',
    async prepare(app, email) {
      const browser = await registered(app, email);
      await enrol(browser);
      return always(browser, 'POST', `${AUTH}/second-factor/verify`, { code: CODE });
    },
  },
  {
    name: 'session sign-out',
    async prepare(app, email) {
      return always(await registered(app, email), 'POST', `${AUTH}/session/sign-out`, {});
    },
  },
  {
    name: 'session list',
    async prepare(app, email) {
      return always(await registered(app, email), 'GET', `${AUTH}/session/list`);
    },
  },
  {
    name: 'session end',
    async prepare(app, email) {
      const browser = await registered(app, email);
      await signIn(app.client(), { email });
      return always(browser, 'POST', `${AUTH}/session/end`, { listId: 'others' });
    },
  },
  {
    name: 'a guard that accepts the session',
    async prepare(app, email) {
      const browser = await registered(app, email);
      app.clock.advance(61); // the sign-in is due to be seen again
      return always(browser, 'GET', '/in/by-session');
    },
  },
  {
    name: 'a guard that asks an add-on',
    async prepare(app, email) {
      await registered(app, email);
      const browser = app.client();
      await signIn(browser, { email, rememberMe: 'on' });
      browser.cookies.delete('__Host-user-session');
      return always(browser, 'GET', '/in/by-session');
    },
  },
];
