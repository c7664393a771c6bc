import { isIPv6 } from 'node:net';

const IPV4_MAPPED = /^::ffff:(?=\d+\.)/i;

/** Whom the queue counts as one: an IPv4 address, or the /64 that one IPv6 subscriber is given (RFC 6177 §2). */
export function sourceOf(address: string | null): string {
  if (address === null) return 'code';
  const plain = address.replace(IPV4_MAPPED, ''); // how a dual-stack socket spells an IPv4 client (RFC 4291 §2.5.5.2)
  if (!isIPv6(plain)) return plain;

  const [head = '', tail] = plain.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

function groups(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
}
