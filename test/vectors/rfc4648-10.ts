/** RFC 4648 §10, its rows of base32, without the padding. */
export const rows = [
  { text: '', base32: '' },
  { text: 'f', base32: 'MY' },
  { text: 'fo', base32: 'MZXQ' },
  { text: 'foo', base32: 'MZXW6' },
  { text: 'foob', base32: 'MZXW6YQ' },
  { text: 'fooba', base32: 'MZXW6YTB' },
  { text: 'foobar', base32: 'MZXW6YTBOI' },
] as const;
