/** RFC 4226 appendix D: the secret, and the codes of the counters from 0 to 9. */
export const secret = '12345678901234567890';

export const codes = [
  '755224',
  '287082',
  '359152',
  '969429',
  '338314',
  '254676',
  '287922',
  '162583',
  '399871',
  '520489',
];
