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
  readonly #outgoing = new Map<string, string>();
  #received: Received | null = null;

  /** @param headers the values of the `Cookie` headers, as they came */
  constructor(
    headers: readonly string[],
    readonly writable: boolean,
  ) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    const { repeated, values } = this.#all();
    return repeated.has(name) ? null : (values.get(name) ?? null);
  }

  /** True when the request brought the cookie more than once: which one is ours nobody can say. */
  isRepeated(name: string): boolean {
    return this.#all().repeated.has(name);
  }

  /** True when the request brought a cookie whose name starts so, even twice. */
  hasAny(prefix: string): boolean {
    return [...this.#all().values.keys()].some((name) => name.startsWith(prefix));
  }

  set(name: string, value: string, lifetimeSeconds: number | null): void {
    if (!this.writable)
      throw new Error(`Cookie "${name}" cannot be set: this operation has no answer that carries one`);
    const maxAge = lifetimeSeconds === null ? {} : { maxAge: lifetimeSeconds };
    const cookie = stringifySetCookie(name, value, { ...ATTRIBUTES, ...maxAge });
    if (Buffer.byteLength(cookie) > MAX_COOKIE_BYTES) throw new Error(`Cookie "${name}" is larger than browsers keep`);
    this.#outgoing.set(name, cookie);
  }

  clear(name: string): void {
    this.#outgoing.set(name, stringifySetCookie(name, '', { ...ATTRIBUTES, maxAge: 0 }));
  }

  /** `Set-Cookie` values that have not been sent yet; the next call has none of them. */
  take(): readonly string[] {
    if (this.#outgoing.size === 0) return NONE;
    const values = [...this.#outgoing.values()];
    this.#outgoing.clear();
    return values;
  }

  discard(): void {
    this.#outgoing.clear();
  }

  #all(): Received {
    return (this.#received ??= receive(this.#headers));
  }
}

const NONE: readonly string[] = [];

/** RFC 6265bis §6.1: what browsers keep at least, name, value and attributes together. */
const MAX_COOKIE_BYTES = 4096;

const ATTRIBUTES = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

interface Received {
  readonly values: ReadonlyMap<string, string>;
  /** Names that came more than once: a second cookie of our name was planted by somebody. */
  readonly repeated: ReadonlySet<string>;
}

function receive(headers: readonly string[]): Received {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  for (const pair of headers.flatMap((header) => header.split(';'))) {
    for (const [name, value] of Object.entries(parseCookie(pair))) {
      if (values.has(name)) repeated.add(name);
      if (value !== undefined) values.set(name, value);
    }
  }
  return { values, repeated };
}
