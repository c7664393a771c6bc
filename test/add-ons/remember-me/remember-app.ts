import type { AddOn, AuthEvent, Row } from 'nest-auth-plug';
import { rememberMe, type RememberMeOptions } from 'nest-auth-plug/add-ons/remember-me';
import type { Client } from 'nest-auth-plug/testing';
import { seriesModel } from '../../../lib/series/index.js';
import { roomsApp, SESSION, signIn, type RoomsApp, type RoomsAppOptions } from '../../rooms/rooms-app.js';
import type { User } from '../../users.js';

export const COOKIE = '__Host-user-remember-me';
export const DAY = 24 * 3600;

export interface RememberAppOptions extends RoomsAppOptions {
  readonly remember?: RememberMeOptions<User>;
}

/** The app of all natures of rooms, whose users' browsers are remembered, and whoever watches. */
export interface RememberApp extends RoomsApp {
  readonly events: readonly AuthEvent[];
}

export async function rememberApp({ remember, user, ...options }: RememberAppOptions = {}): Promise<RememberApp> {
  const events: AuthEvent[] = [];
  const watcher: AddOn<User> = { name: 'watcher', phases: [], observe: (event) => void events.push(event) };
  const addOns = [rememberMe<User>(remember), watcher];
  return { ...(await roomsApp({ withAllHooks: false, ...options, user: { addOns, ...user } })), events };
}

/** Signs in with the wish. */
export async function wish(browser: Client, more: object = {}): Promise<Client> {
  const answer = await signIn(browser, { rememberMe: 'on', ...more });
  if (answer.status !== 200 && answer.status !== 401) throw new Error(`${answer.status} ${answer.text}`);
  return browser;
}

/** The browser is closed and opened again: what ended with the session is gone. */
export function restart(browser: Client): Client {
  browser.cookies.delete(SESSION);
  return browser;
}

export function seriesRows(app: RoomsApp): Promise<readonly Row[]> {
  return app.data.forTenant('').findMany(seriesModel, {}, { orderBy: 'expiresAt', limit: 100 });
}
