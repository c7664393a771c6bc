import { isIP, SocketAddress } from 'node:net';

const MAPPED = '::ffff:';
const GROUPS = 8;
/** What one subscriber usually gets: RFC 6177 §2. */
const NETWORK_GROUPS = 4;

/**
 * What a client's address counts as: IPv4 as it is, IPv6 by its /64. IPv4 within IPv6 is IPv4, and zone ids are dropped.
 *
 * @param address As the adapter says, behind proxies it trusts; null when there is none.
 * @returns `unknown` for null and for what is no address: such clients share one key, so that the limit still holds.
 */
export function addressKey(address: string | null): string {
  if (address === null || isIP(address) === 0) return 'unknown';
  if (isIP(address) === 4) return address;
  // Node writes it as RFC 5952 asks for: lower case, shortest form, without the zone.
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = canonical.startsWith(MAPPED) ? canonical.slice(MAPPED.length) : '';
  return isIP(mapped) === 4 ? mapped : `${networkOf(canonical)}::/64`;
}

function networkOf(canonical: string): string {
  const [left = '', right] = canonical.split('::');
  const [head, tail] = [groupsOf(left), groupsOf(right ?? '')];
  const zeros = Array.from({ length: GROUPS - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, NETWORK_GROUPS).join(':');
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
