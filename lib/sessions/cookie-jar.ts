import { parseCookie, stringifySetCookie } from 'cookie';
import type { Cookies } from '../strategy/index.js';

/**
 * The one way in and out for cookies of an operation. What is set waits here until the answer is known, so that a phase whose
 * answer fails leaves no cookie behind.
 *
 * `__Host-` (RFC 6265bis §4.1.3.2) binds a cookie to this host and to https; browsers take it on loopback over http too.
 */
export class CookieJar implements Cookies {
  readonly #headers: readonly string[];
  /** None for most requests, which get no map. */
  #outgoing: Map<string, string> | null = null;
  #received: readonly string[] | null = null;

  /** @param headers the values of the `Cookie` headers, as they came */
  constructor(
    headers: readonly string[],
    readonly writable: boolean,
  ) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    const [pair, ...more] = this.#pairs(name);
    return pair === undefined || more.length > 0 ? null : (parseCookie(pair)[name] ?? null);
  }

  /** True when the request brought the cookie more than once: a second one was planted by somebody, and which is ours nobody can say. */
  isRepeated(name: string): boolean {
    return this.#pairs(name).length > 1;
  }

  /** True when the request brought a cookie whose name starts so, even twice. */
  hasAny(prefix: string): boolean {
    return this.#all().some((pair) => nameIn(pair)?.startsWith(prefix));
  }

  set(name: string, value: string, lifetimeSeconds: number | null): void {
    if (!this.writable)
      throw new Error(`Cookie "${name}" cannot be set: this operation has no answer that carries one`);
    const maxAge = lifetimeSeconds === null ? {} : { maxAge: lifetimeSeconds };
    const cookie = stringifySetCookie(name, value, { ...ATTRIBUTES, ...maxAge });
    if (Buffer.byteLength(cookie) > MAX_COOKIE_BYTES) throw new Error(`Cookie "${name}" is larger than browsers keep`);
    this.#put(name, cookie);
  }

  clear(name: string): void {
    this.#put(name, stringifySetCookie(name, '', { ...ATTRIBUTES, maxAge: 0 }));
  }

  /** `Set-Cookie` values that have not been sent yet; the next call has none of them. */
  take(): readonly string[] {
    const outgoing = this.#outgoing;
    this.#outgoing = null;
    return outgoing === null ? NONE : [...outgoing.values()];
  }

  discard(): void {
    this.#outgoing = null;
  }

  #put(name: string, cookie: string): void {
    this.#outgoing ??= new Map<string, string>();
    this.#outgoing.set(name, cookie);
  }

  /** Those of one name. The others, which may be many and are not ours, are not parsed. */
  #pairs(name: string): readonly string[] {
    return this.#all().filter((pair) => nameIn(pair) === name);
  }

  #all(): readonly string[] {
    return (this.#received ??= this.#headers.flatMap((header) => header.split(';')));
  }
}

const NONE: readonly string[] = [];

/** RFC 6265bis §6.1: what browsers keep at least, name, value and attributes together. */
const MAX_COOKIE_BYTES = 4096;

const ATTRIBUTES = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

/** What the parser takes for the name of `name=value`; null where there is none. */
function nameIn(pair: string): string | null {
  const end = pair.indexOf('=');
  return end === -1 ? null : pair.slice(0, end).trim();
}
