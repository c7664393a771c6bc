import type { SignIn } from '../strategy/index.js';

/** What a request brought and what became of it. */
export interface Loaded<U> {
  readonly signIn: SignIn<U> | null;
  /** Why not, for the log and for `WWW-Authenticate`: null when no credential was presented. */
  readonly refused: 'invalid_request' | 'invalid_token' | null;
  readonly reason: string;
}

export const NO_CREDENTIAL = { signIn: null, refused: null, reason: 'no_credential' } as const;

/** Nothing was looked at: whatever the request brought may be good for a tenant that it does not name. */
export const NO_TENANT = { signIn: null, refused: null, reason: 'no_tenant' } as const;

export function refused(problem: 'invalid_request' | 'invalid_token', reason: string): Loaded<never> {
  return { signIn: null, refused: problem, reason };
}
