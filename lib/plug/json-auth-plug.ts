import {
  FreshSignInRequired,
  LimitExceeded,
  InvalidInput,
  MethodNotAllowed,
  SecondFactorRequired,
  type AuthError,
} from '../errors/index.js';
import { AuthReply, type Activity, type AuthContext } from '../strategy/index.js';
import { AuthPlug } from './auth-plug.js';

/** What each refusal is in HTTP. A code that is not here is a 401. */
const STATUS: Readonly<Record<string, number>> = {
  ERR_AUTHENTICATION_FAILED: 401,
  ERR_SIGN_IN_REQUIRED: 401,
  ERR_SECOND_FACTOR_REQUIRED: 401,
  ERR_FRESH_SIGN_IN_REQUIRED: 403,
  ERR_CROSS_SITE_REFUSED: 403,
  ERR_PASSWORD_CHANGE_REQUIRED: 403,
  ERR_NO_TENANT: 400,
  ERR_NOT_FOUND: 404,
  ERR_METHOD_NOT_ALLOWED: 405,
  ERR_LAST_WAY_IN: 409,
  ERR_LAST_FACTOR: 409,
  ERR_INVALID_TOKEN: 422,
  ERR_INVALID_INPUT: 422,
  ERR_LIMIT_EXCEEDED: 429,
};

/**
 * An `AuthPlug` that speaks JSON: the user and the token after signing in, a code and a message after a refusal, with the
 * status that fits. A bigint on the user, such as its key, is a string there. Extend it, or take it as an example of the two callbacks.
 */
export abstract class JsonAuthPlug<U extends object = object> extends AuthPlug<U> {
  override async handleSuccess(ctx: AuthContext, _activity: Activity, user: U | null, token: string | null) {
    await this.storeInSession(ctx, user);
    return user === null ? { ...ctx.result } : { ...ctx.result, user: withoutBigints(user), token };
  }

  override handleFailure(_ctx: AuthContext, _activity: Activity, reason: AuthError): AuthReply {
    const { code, message } = reason;
    const status = STATUS[code] ?? 401;
    return AuthReply.json({ code, message, ...details(reason) }, status, headers(reason, status));
  }
}

/** JSON has no bigint: `JSON.stringify` would throw. */
function withoutBigints(user: object): object {
  const values: readonly (readonly [string, unknown])[] = Object.entries(user);
  if (!values.some(([, value]) => typeof value === 'bigint')) return user;
  return Object.fromEntries(
    values.map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}

function details(reason: AuthError): object {
  if (reason instanceof InvalidInput) return { problems: reason.problems };
  if (reason instanceof FreshSignInRequired) return { activities: reason.activities };
  if (reason instanceof SecondFactorRequired) {
    const { factors, enrolments, flow } = reason;
    return { factors, enrolments, flow };
  }
  return {};
}

function headers(reason: AuthError, status: number): Record<string, string> {
  if (reason instanceof LimitExceeded) return { 'Retry-After': String(reason.retryAfterSeconds) };
  if (reason instanceof MethodNotAllowed) return { Allow: reason.allow };
  return status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}; // RFC 9110 §11.6.1
}
