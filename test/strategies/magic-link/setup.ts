import type { Sender, Strategy } from 'nest-auth-plug';
import { magicLink, type MagicLinkSettings } from 'nest-auth-plug/strategies/magic-link';
import { ask, mailedApp, type Addressee, type MailedApp, type MailedAppOptions } from '../../rooms/mailed-app.js';
import type { Client, ClientAnswer } from 'nest-auth-plug/testing';

export const AUTH = '/auth/user/magic-link';
export const REQUEST = `${AUTH}/request`;

export interface LinkAppOptions extends Partial<Omit<MailedAppOptions, 'strategies'>> {
  readonly link?: Partial<MagicLinkSettings>;
}

/** An app whose users and admins sign in by mailed links. */
export function linkApp({ link = {}, ...options }: LinkAppOptions = {}): Promise<MailedApp> {
  const strategies = (sender: Sender): readonly Strategy<Addressee>[] => [magicLink<Addressee>({ sender, ...link })];
  return mailedApp({ ...options, strategies });
}

/** The token of a link that was asked for just now. */
export async function linkFor(app: MailedApp, email: string, path = REQUEST): Promise<string> {
  await ask(app, app.client(), path, email);
  return tokenTo(app, email);
}

export function tokenTo({ outbox }: MailedApp, email: string): string {
  return outbox.last(email).link?.searchParams.get('token') ?? '';
}

/** Posts a token, as a page of the app's own does. */
export function redeem(browser: Client, token: string, path = AUTH): Promise<ClientAnswer> {
  return browser.post(`${path}/sign-in`, { json: { token } });
}

export const REFUSED = {
  status: 422,
  body: { code: 'ERR_INVALID_TOKEN', message: 'The link or code is invalid or has expired' },
  setCookies: [],
};
