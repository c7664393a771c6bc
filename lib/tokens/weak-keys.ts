import type { KeyObject } from 'node:crypto';

const MIN_RSA_BITS = 2048;
const MIN_RSA_EXPONENT = 65_537n;

/** Whatever the sign of x is: the encodings of the points of order 1, 2, 4 and 8, those with y beyond p among them. */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/** A library of Infineon's made primes that are powers of 65537 modulo these: its keys can be factored (CVE-2017-15361). */
const ROCA_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
].map(BigInt);

/**
 * Why a key of RSA is too weak to sign with; null for a good one.
 *
 * @param modulus `n` of its JWK
 * @see RFC 7518 §3.3, RFC 8725 §3.5
 */
export function weaknessOfRsa(key: KeyObject, modulus: string): string | null {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_RSA_BITS) return `has ${modulusLength} bits, and RSA needs ${MIN_RSA_BITS}`;
  if (publicExponent < MIN_RSA_EXPONENT || publicExponent % 2n === 0n) return 'has a weak public exponent';
  const n = BigInt(`0x${Buffer.from(modulus, 'base64url').toString('hex')}`);
  return ROCA_PRIMES.every((prime) => isPowerOf65537(n, prime)) ? 'can be factored (CVE-2017-15361)' : null;
}

/**
 * Why a key of Ed25519 is none; null for a good one. Under a point of small order anybody can make signatures.
 *
 * @param point `x` of its JWK
 * @see RFC 8032 §5.1.3
 */
export function weaknessOfEd25519(point: string): string | null {
  const bytes = Buffer.from(point, 'base64url');
  const last = bytes.length - 1;
  bytes.writeUInt8(bytes.readUInt8(last) & 0x7f, last);
  return SMALL_ORDER.has(bytes.toString('hex')) ? 'is a point of small order: everybody can sign for it' : null;
}

function isPowerOf65537(n: bigint, prime: bigint): boolean {
  const wanted = n % prime;
  let power = 1n;
  do {
    if (power === wanted) return true;
    power = (power * MIN_RSA_EXPONENT) % prime;
  } while (power !== 1n);
  return false;
}
