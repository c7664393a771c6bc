import type { Sender, Strategy } from 'nest-auth-plug';
import { otp, type OtpSettings } from 'nest-auth-plug/strategies/otp';
import type { Client, ClientAnswer } from 'nest-auth-plug/testing';
import { ADA, ask, mailedApp, type Addressee, type MailedApp, type MailedAppOptions } from '../../rooms/mailed-app.js';

export const AUTH = '/auth/user/otp';
export const REQUEST = `${AUTH}/request`;
export const FLOW_COOKIE = '__Host-user-flow-otp-code';

export interface CodeAppOptions extends Partial<Omit<MailedAppOptions, 'strategies'>> {
  readonly code?: Partial<OtpSettings>;
}

/** An app whose users and admins sign in by mailed codes. */
export function codeApp({ code = {}, ...options }: CodeAppOptions = {}): Promise<MailedApp> {
  const strategies = (sender: Sender): readonly Strategy<Addressee>[] => [otp<Addressee>({ sender, ...code })];
  return mailedApp({ ...options, strategies });
}

/** The code that a browser asked for just now: the browser has the flow. */
export async function codeFor(app: MailedApp, browser: Client, email = ADA, path = REQUEST): Promise<string> {
  await ask(app, browser, path, email);
  return codeTo(app, email);
}

export function codeTo({ outbox }: MailedApp, email = ADA): string {
  return outbox.last(email).code ?? '';
}

/** Types a code. */
export function enter(browser: Client, code: string, more: object = {}, path = AUTH): Promise<ClientAnswer> {
  return browser.post(`${path}/sign-in`, { json: { otp: code, ...more } });
}

/** The handle of the flow, as a client without cookies gets it. */
export function flowIn({ body }: ClientAnswer): string {
  const flow: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'flow') : undefined;
  return typeof flow === 'string' ? flow : '';
}

/** None of ours, whatever it was: the built-in codes have no such letter. */
export const WRONG = 'OOOOOO';

export const REFUSED = {
  status: 422,
  body: { code: 'ERR_INVALID_TOKEN', message: 'The link or code is invalid or has expired' },
  setCookies: [],
};
