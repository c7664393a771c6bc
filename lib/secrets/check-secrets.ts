import type { Problem } from '../errors/index.js';
import type { Secret } from './secret.js';

/** Keys for HMAC-SHA-256 are derived from it: RFC 7518 §3.2 asks for at least as many bits as the hash has. */
const MIN_BYTES = 32;
/** 32 random hexadecimal digits have fewer different ones about once in 5,000 times; longer secrets as good as never. */
const MIN_DISTINCT_BYTES = 10;

/** A key pair's half, or a certificate. RFC 8725 §3.1: taken for a secret, a public key lets everybody sign. */
const KEY_FORM = /-----BEGIN |"kty"|^(ssh|ecdsa)-[a-z0-9-]+ /;

/** What stands in examples, in lower case and without separators. Each is too long to be in a random text by chance. */
const PLACEHOLDERS = [
  'abcdefghij',
  'changeme',
  'changethis',
  'example',
  'insecure',
  'keyboardcat',
  'password',
  'placeholder',
  'replaceme',
  'replacethis',
  'secret',
  '0123456789',
  '1234567890',
];

/** The key of RFC 7515 appendix A.1: random enough, and in the tests of every JWT library. */
const PUBLISHED = ['AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'];

const CURE = 'run `openssl rand -base64 48` and put what it prints where this secret is read from';

/**
 * What is wrong with an app's secrets: missing, short, of little variety, known from examples, or two alike.
 *
 * @param where The option, such as `secrets`. Each problem names it with the place in the list, and never quotes a value.
 * @see RFC 8725 §3.5, OWASP ASVS 5.0 11.2.3 and 13.2.3
 */
export function checkSecrets(secrets: readonly Secret[], where: string): readonly Problem[] {
  if (secrets.length === 0) return [{ where, wrong: 'there is no secret', cure: CURE }];
  return secrets.flatMap((secret, index) => {
    const value = secret.reveal();
    const first = secrets.findIndex((other) => other.reveal().trim() === value.trim());
    const wrong = first < index && value !== '' ? [`is the same as ${where}[${first}]`] : faultsOf(value);
    return wrong.map((text) => ({ where: `${where}[${index}]`, wrong: text, cure: CURE }));
  });
}

function faultsOf(value: string): readonly string[] {
  if (value.trim() === '') return ['is missing or empty'];
  // Its other half is public, or it is so itself: whoever has that would have the secret.
  if (KEY_FORM.test(value)) return ['is a key of its own: PEM, JWK or SSH'];
  const bytes = Buffer.from(value);
  const faults: string[] = [];
  if (bytes.length < MIN_BYTES) faults.push(`is shorter than ${MIN_BYTES} bytes`);
  if (new Set(bytes).size < MIN_DISTINCT_BYTES || repeats(value)) faults.push('has too little variety to be random');
  if (isKnown(value)) faults.push('looks like an example from documentation');
  return faults;
}

/** Whether the text is a shorter one, several times over. */
function repeats(value: string): boolean {
  return (value + value).indexOf(value, 1) < value.length;
}

function isKnown(value: string): boolean {
  const letters = value.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return PUBLISHED.includes(value) || PLACEHOLDERS.some((placeholder) => letters.includes(placeholder));
}
