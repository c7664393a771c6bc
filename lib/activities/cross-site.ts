import { CrossSiteRefused } from '../errors/index.js';
import type { Operation } from '../sessions/index.js';

/** Where this app's pages live, and how to tell its cookies. */
export interface SiteFacts {
  /** Origins as browsers write them: `https://app.example`. */
  readonly origins: ReadonlySet<string>;
  /** How the names of our cookies start. */
  readonly cookiePrefix: string;
}

/**
 * Refuses a state-changing request that another site made a browser send, signing in included (login CSRF).
 *
 * `Sec-Fetch-Site` decides where it is sent, else `Origin`. With neither there is no browser that we know of: that is fine
 * without any cookie of ours, or with a JSON body, which no form can send.
 *
 * @throws {CrossSiteRefused}
 * @see https://www.w3.org/TR/fetch-metadata/, RFC 6454 §7
 */
export function refuseCrossSite(operation: Operation, { origins, cookiePrefix }: SiteFacts): void {
  const refusal = (reason: string) => new CrossSiteRefused(reason, factsOf(operation, origins));
  const [origin, ...others] = operation.headers.get('origin');
  if (others.length > 0) throw refusal('repeated_origin');
  if (origin !== undefined && origins.has(origin)) return;
  const [site, ...moreSites] = operation.headers.get('sec-fetch-site');
  if (moreSites.length > 0) throw refusal('repeated_sec_fetch_site');
  if (site === 'same-origin' || site === 'none') return;
  if (site !== undefined) throw refusal('sec_fetch_site');
  if (origin !== undefined) throw refusal('origin');
  if (operation.cookies.hasAny(cookiePrefix) && !hasJsonBody(operation)) throw refusal('no_origin');
}

/** How much of what a client wrote goes into a log. */
const MAX_FOUND_LENGTH = 200;

function factsOf({ headers }: Operation, origins: SiteFacts['origins']): CrossSiteRefused['facts'] {
  const found = ['Origin', 'Sec-Fetch-Site'].map((name) => `${name}: ${headers.get(name).join(', ') || 'none'}`);
  return { expected: [...origins].join(' '), found: found.join('; ').slice(0, MAX_FOUND_LENGTH) };
}

function hasJsonBody(operation: Operation): boolean {
  const [type = ''] = operation.headers.get('content-type');
  return /^application\/json *(;|$)/i.test(type);
}
