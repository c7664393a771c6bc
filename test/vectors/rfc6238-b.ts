/**
 * RFC 6238 appendix B, its rows of SHA-1: seconds since 1970, the step in hex, and the code. Eight digits, of which six are the last: both
 * are remainders of one number by a power of ten. The secret is that of RFC 4226.
 */
export const rows = [
  { seconds: 59, step: '0000000000000001', code: '94287082' },
  { seconds: 1111111109, step: '00000000023523EC', code: '07081804' },
  { seconds: 1111111111, step: '00000000023523ED', code: '14050471' },
  { seconds: 1234567890, step: '000000000273EF07', code: '89005924' },
  { seconds: 2000000000, step: '0000000003F940AA', code: '69279037' },
  { seconds: 20000000000, step: '0000000027BC86AA', code: '65353130' },
] as const;
