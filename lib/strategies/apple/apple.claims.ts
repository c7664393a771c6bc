import type { JsonObject } from '../../strategy/index.js';

/** Sent by the browser the first time that somebody allows the app, and never again. */
export const FIRST_TIME = 'user';

/** Booleans come as texts, and the name beside the token: unsigned, so nothing but a name is taken from there. */
export function appleClaims(
  claims: JsonObject,
  { [FIRST_TIME]: user = '{}' }: Readonly<Record<string, string>>,
): JsonObject {
  const { email_verified: isVerified } = claims;
  return { ...claims, ...nameIn(user), email_verified: isVerified === true || isVerified === 'true' };
}

function nameIn(user: string): JsonObject {
  const name = memberOf(parsed(user), 'name');
  const [given, family] = [memberOf(name, 'firstName'), memberOf(name, 'lastName')];
  const parts = [given, family].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? {} : { given_name: given, family_name: family, name: parts.join(' ') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
