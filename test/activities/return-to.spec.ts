import { describe, expect, it } from '@jest/globals';
import { safeReturnTo } from '../../lib/activities/return-to.js';

const APP = new URL('https://app.example');

describe('[ASVS 3.7.2] [RFC 9700 §4.11] a place to go afterwards', () => {
  it.each([
    ['/', '/'],
    ['/inbox', '/inbox'],
    ['/inbox?page=2#last', '/inbox?page=2#last'],
    ['/a/../b', '/b'],
    ['/a b', '/a%20b'],
    ['/grün', '/gr%C3%BCn'],
    ['/to?url=https://evil.example/', '/to?url=https://evil.example/'],
    ['/@evil.example', '/@evil.example'],
    ['/:80', '/:80'],
    ['/%0d%0aSet-Cookie:x', '/%0d%0aSet-Cookie:x'],
  ])('%s becomes %s', (typed, safe) => {
    expect(safeReturnTo(typed, APP)).toBe(safe);
  });

  it.each([
    [''],
    ['inbox'],
    ['?page=2'],
    ['#last'],
    ['https://evil.example/'],
    ['https://app.example/inbox'],
    ['https:/evil.example'],
    ['https:evil.example'],
    ['//evil.example'],
    ['///evil.example'],
    ['////evil.example'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['\\/evil.example'],
    ['/inbox\\..'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['/\r\nSet-Cookie: a=b'],
    ['\t/evil.example'],
    [' /inbox'],
    ['/\u0000'],
    ['/\u0085/evil.example'],
    ['/%2fevil.example'],
    ['/%2F%2Fevil.example'],
    ['/%5cevil.example'],
    ['/.//evil.example'],
    ['/..//evil.example'],
    ['/a/..//evil.example'],
    ['/./%2fevil.example'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['user:pass@evil.example'],
    [`/${'a'.repeat(1024)}`],
    [`/${'ü'.repeat(200)}`],
  ])('%j is nowhere', (typed) => {
    expect(safeReturnTo(typed, APP)).toBeNull();
  });

  it('is never on another host, whatever is typed', () => {
    const parts = [
      '/',
      '\\',
      '.',
      '..',
      '%2f',
      '%5c',
      '@',
      ':',
      '?',
      '#',
      '\t',
      'evil.example',
      'https:',
      ' ',
      '\u3002',
      ';',
    ];
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 20_000; round++) {
      const typed = `/${Array.from({ length: 1 + next(6) }, () => parts[next(parts.length)]).join('')}`;
      const safe = safeReturnTo(typed, APP);
      if (safe === null) continue;
      expect([typed, new URL(safe, APP).origin]).toEqual([typed, APP.origin]);
      expect([typed, /^\/[/\\]/.test(decodeURI(safe.replaceAll('%', '%25')))]).toEqual([typed, false]);
    }
  });
});
