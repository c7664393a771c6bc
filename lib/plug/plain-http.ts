import type { AuthCore } from '../activities/index.js';
import { isLoopback } from '../network/index.js';

/** Apps that were warned: once is enough. */
const warned = new WeakSet<AuthCore>();

/**
 * Says once that nobody will stay signed in: over http browsers keep `Secure` cookies for loopback alone, and drop them without
 * a word for any other host.
 *
 * @param claimedHost the `Host` of a request that signed somebody in
 */
export function warnOfPlainHttp(core: AuthCore, claimedHost: string | null): void {
  const { publicUrl, log } = core.services;
  const origin = `http://${claimedHost ?? ''}`;
  if (publicUrl.protocol !== 'http:' || !URL.canParse(origin) || isLoopback(new URL(origin)) || warned.has(core))
    return;
  warned.add(core);
  log.warn(
    `Somebody signed in over plain http on a host that is not loopback: the browser drops the cookie. ` +
      `Open ${publicUrl.origin} instead, or put https in front and write it as publicUrl.`,
  );
}
