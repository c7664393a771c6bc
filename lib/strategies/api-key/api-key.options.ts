import { isScope, type Routes } from '../../strategy/index.js';
import { DAY } from '../../time/index.js';

/** Options of {@link apiKey}. */
export interface ApiKeyOptions {
  /**
   * What its keys begin with, such as the app's name: `[a-z0-9]+`, at most 20. Give each strategy another: where a guard accepts two, the
   * first to know the prefix decides.
   */
  readonly prefix: string;
  /** In routes, activities and guards. kebab-case. @default 'api-key' */
  readonly name?: string | undefined;
  /** The header that keys come in: as a bearer token in `authorization`, alone in any other. @default 'authorization' */
  readonly header?: string | undefined;
  /** What a key may be given to do: see `@RequireScopes()`. @default [] */
  readonly scopes?: readonly string[] | undefined;
  /** Of a key for which none is asked, in seconds. @default 7776000 (90 days), or maxLifetimeSeconds where that is less */
  readonly lifetimeSeconds?: number | undefined;
  /** The longest that may be asked for, in seconds. At most 315360000 (3650 days). @default 31536000 (365 days) */
  readonly maxLifetimeSeconds?: number | undefined;
  /** Live keys of one subject. At most 1000. @default 50 */
  readonly maxPerSubject?: number | undefined;
  /**
   * Whatever ends all sign-ins of a subject ends its keys: another password or address, logging out everywhere. False keeps them
   * until they are revoked or expire, or their owner is disabled or deleted.
   * @default true
   */
  readonly endsWithEpoch?: boolean | undefined;
  /** By phase: none has a route until `enabled: true` says so. @default {} */
  readonly routes?: Routes | undefined;
}

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** What `apiKey()` was told, made whole. */
export type ResolvedApiKeyOptions = Whole<ApiKeyOptions>;

const LONGEST = 3650 * DAY;
const MOST_KEYS = 1000;

/** @throws {RangeError} when a value is out of range. */
export function resolveApiKeyOptions({
  prefix,
  name = 'api-key',
  header = 'authorization',
  scopes = [],
  maxLifetimeSeconds = 365 * DAY,
  lifetimeSeconds = Math.min(90 * DAY, maxLifetimeSeconds),
  maxPerSubject = 50,
  endsWithEpoch = true,
  routes = {},
}: ApiKeyOptions): ResolvedApiKeyOptions {
  demand(/^[a-z0-9]{1,20}$/.test(prefix), `prefix must be 1 to 20 of a-z and 0-9, got ${prefix}`);
  demand(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name), `name must be kebab-case, got ${name}`);
  demand(/^[a-z][a-z0-9-]*$/i.test(header), `header must be the name of a header, got ${header}`);
  demand(header.toLowerCase() !== 'cookie', 'header must not be cookie: browsers send it whoever asks');
  const odd = scopes.find((scope) => !isScope(scope));
  demand(odd === undefined, `scopes must be words of RFC 6749 §3.3, got ${odd}`);
  demand(new Set(scopes).size === scopes.length, 'scopes must not name one twice');
  within(maxLifetimeSeconds, LONGEST, 'maxLifetimeSeconds');
  within(lifetimeSeconds, maxLifetimeSeconds, 'lifetimeSeconds');
  within(maxPerSubject, MOST_KEYS, 'maxPerSubject');
  const told = { prefix, name, header: header.toLowerCase(), scopes: [...scopes], endsWithEpoch, routes };
  return Object.freeze({ ...told, lifetimeSeconds, maxLifetimeSeconds, maxPerSubject });
}

function within(value: number, most: number, name: string): void {
  demand(Number.isSafeInteger(value) && value >= 1 && value <= most, `${name} must be from 1 to ${most}, got ${value}`);
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`apiKey: ${message}`);
}
