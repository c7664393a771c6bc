import { describe, expect, it } from '@jest/globals';
import { deviceName } from '../../lib/devices/index.js';

const MOZILLA = 'Mozilla/5.0';
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0';

describe('the name of a device', () => {
  it.each([
    [`${MOZILLA} (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`, 'Chrome on Windows'],
    [`${MOZILLA} (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36 Edg/140.0.0.0`, 'Microsoft Edge on Windows'],
    [`${MOZILLA} (Linux; Android 15; Pixel 9) ${CHROME} Mobile Safari/537.36`, 'Chrome on Android'],
    [`${MOZILLA} (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on macOS'],
    [`${MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`, 'Firefox on Linux'],
    [
      `${MOZILLA} (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1`,
      'Safari on iOS',
    ],
  ])('of %s is what its owner calls it', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  it.each([null, '', ' ', 'curl/8.5.0', 'node', '\u0000', '('])('of %j is none', (userAgent) => {
    expect(deviceName(userAgent)).toBeNull();
  });

  it.each([
    ['<script>alert(1)</script>/1 (x)', null],
    ['Your bank: call 555-0100/1.0 (Windows NT 10.0)', 'Windows'],
    ['MyApp/1.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)', 'iOS'],
  ])('of %s has no word of the client in it', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  it('[ASVS 1.3.12] of a very long text is found at once: what grows faster than its length outlasts the test', () => {
    for (const part of ['(', 'Mozilla/', 'a'.repeat(10), 'Version/1 ', ' like ']) {
      expect(deviceName(part.repeat(100_000))).toBeNull();
    }
  });
});
