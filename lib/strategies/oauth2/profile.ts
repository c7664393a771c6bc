import { AuthError } from '../../errors/index.js';
import { canonicalIdentity, type FieldKind, type Row, type Scalar } from '../../resources/index.js';
import type { JsonObject } from '../../strategy/index.js';
import type { ResolvedCommonOptions } from './common.options.js';

const MOST_TEXT_BYTES = 1024;
const MOST_NAME_CHARS = 200;

type Kinds = ReadonlyMap<string, FieldKind>;

/**
 * What a new account has of the provider's claims, in the types that its fields have. A claim of another type, too long, or with control
 * characters is left out: what a provider says is no better than what a visitor types.
 */
export function profileIn({ profile }: Pick<ResolvedCommonOptions, 'profile'>, claims: JsonObject, kinds: Kinds): Row {
  const values: Record<string, Scalar> = {};
  for (const [field, from] of Object.entries(profile)) {
    const raw = typeof from === 'string' ? claimIn(claims, from) : from(claims);
    const value = valueOf(kinds.get(field), field, raw);
    if (value !== undefined) values[field] = value;
  }
  return values;
}

/** What the owner knows an account at the provider by: its address, or what it is called there. */
export function accountNameIn(claims: JsonObject): string | null {
  const names = ['email', 'preferred_username', 'login', 'name'].map((claim) => textValue(claimIn(claims, claim)));
  return names.find((name) => name !== undefined)?.slice(0, MOST_NAME_CHARS) ?? null;
}

/** Whether the provider says that the address is confirmed. Nothing but the boolean says so. */
export function saysVerified(claims: JsonObject): boolean {
  return claimIn(claims, 'email_verified') === true;
}

/** Own members alone: a claim may be called `constructor`. */
export function claimIn(claims: JsonObject, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function valueOf(kind: FieldKind | undefined, field: string, raw: unknown): Scalar | undefined {
  switch (kind) {
    case 'email':
    case 'username':
      return identityValue(kind, field, raw);
    case 'text':
      return textValue(raw);
    case 'boolean':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'integer':
      return typeof raw === 'number' && Number.isSafeInteger(raw) ? raw : undefined;
    case 'time':
      return raw instanceof Date && !Number.isNaN(raw.getTime()) ? raw : undefined;
    case undefined:
      return undefined;
  }
}

function identityValue(kind: FieldKind, field: string, raw: unknown): string | undefined {
  const text = textValue(raw);
  if (text === undefined) return undefined;
  try {
    return canonicalIdentity(kind, field, text);
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}

function textValue(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || !raw.isWellFormed()) return undefined;
  const text = raw.normalize('NFC').trim();
  const isOdd = text === '' || Buffer.byteLength(text) > MOST_TEXT_BYTES || /[\p{Cc}\uFFFD]/u.test(text);
  return isOdd ? undefined : text;
}
