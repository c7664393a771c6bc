import { describe, expect, it } from '@jest/globals';

import { addressKey } from '../../lib/network/index.js';

describe('[PRJ 3] what an address counts as', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['fe80::2%eth1', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it('is the same for every address of a /64, and no other', () => {
    const inside = Array.from({ length: 100 }, (_, host) => addressKey(`2001:db8:1:2:${host.toString(16)}::1`));
    const outside = Array.from({ length: 100 }, (_, net) => addressKey(`2001:db8:1:${(net + 3).toString(16)}::1`));

    expect(new Set(inside).size).toBe(1);
    expect(new Set([...inside, ...outside]).size).toBe(101);
  });

  it.each([
    null,
    '',
    'localhost',
    '192.0.2.1:80',
    '[::1]',
    '192.0.2',
    '192.0.2.01',
    '1.2.3.4, 5.6.7.8',
    '::1\n',
    'x%1',
  ])('[ASVS 4.1.3] is one for all that have none, such as %j', (address) => {
    expect(addressKey(address)).toBe('unknown');
  });
});
