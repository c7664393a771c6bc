import { describe, expect, it } from '@jest/globals';
import { encode } from 'uqr';
import { qrCode } from '../../../lib/strategies/totp/totp.qr.js';

const TEXT = 'otpauth://totp/Acme:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme';

describe('a QR code', () => {
  it('has each dark square of the code, and a border of four light ones', async () => {
    const svg = (await qrCode(TEXT)).toString();
    const { size, data } = encode(TEXT, { ecc: 'M', border: 4 });
    const dark = [...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`);

    const expected = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x} ${y}`] : [])));
    expect(dark).toEqual(expected);
    expect(svg).toContain(`viewBox="0 0 ${size} ${size}"`);
    const columns = dark.map((square) => Number(square.split(' ')[0]));
    expect([Math.min(...columns), Math.max(...columns)]).toEqual([4, size - 5]);
  });

  it('is markup that nothing in its text gets into', async () => {
    const svg = (await qrCode('"><script>alert(1)</script>')).toString();

    expect(svg).not.toContain('script');
    expect(svg).toMatch(/^<svg\s[^<>]+>\s*<path [^<>]+\/>\s*<path [^<>]+\/>\s*<\/svg>$/);
  });
});
