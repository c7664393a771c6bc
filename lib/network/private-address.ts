import { BlockList, isIP } from 'node:net';

/** What is no public address of one machine (RFC 6890, RFC 4193, RFC 6598, RFC 5771): loopback, link-local, private, reserved. */
const IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Those that hold an IPv4 address (mapped, NAT64, 6to4, Teredo) lead anywhere: none of them is an ordinary way to a public host. */
const IPV6 = [
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

// One list each: Node holds every IPv4 address to be in `::ffff:0:0/96`.
const lists = { ipv4: listOf(IPV4, 'ipv4'), ipv6: listOf(IPV6, 'ipv6') } as const;

/** Whether an IP address is no public one. True as well for what is no address. */
export function isPrivateAddress(address: string): boolean {
  if (isIP(address) === 0) return true;
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  return lists[family].check(address, family);
}

function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
