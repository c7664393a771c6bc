import { domainToASCII } from 'node:url';
import { InvalidInput } from '../errors/index.js';

/**
 * What a field of a user may be.
 *
 * `email` and `username` are identities: one canonical spelling is stored and compared, so that case and Unicode form make
 * no second account. `text` is kept as it came, in NFC.
 */
export type FieldKind = 'email' | 'username' | 'text' | 'integer' | 'boolean' | 'time';

/** Whether somebody is found, or written to, by a field of this kind. */
export function isIdentity(kind: FieldKind | undefined): boolean {
  return kind === 'email' || kind === 'username';
}

/** RFC 5321 §4.5.3.1.3: a path is at most 256 octets, brackets included. */
const MAX_EMAIL_BYTES = 254;
const MAX_TEXT_BYTES = 200;

// RFC 5321 dot-string, and whatever a mailbox may hold outside ASCII (RFC 6531); no quoted strings, comments or groups.
const LOCAL_PART = /^[^\s@"(),:;<>[\]\\\p{Cc}\p{Cf}]{1,64}$/u;
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

/**
 * The one spelling under which an identity is stored and looked up: every room uses it, so that no two of them see
 * different people in one address. First normalised, then validated.
 *
 * @throws {InvalidInput} naming the field, never its value.
 */
export function canonicalIdentity(kind: FieldKind, field: string, typed: string): string {
  if (kind === 'email') return canonicalEmail(field, typed);
  const text = typed.normalize('NFC');
  if (text === '' || Buffer.byteLength(text) > MAX_TEXT_BYTES || /[\p{Cc}\p{Cf}]/u.test(text)) {
    throw InvalidInput.of(field, 'invalid', 'is not valid');
  }
  return kind === 'username' ? lowerCase(text) : text;
}

function canonicalEmail(field: string, typed: string): string {
  const text = typed.normalize('NFC');
  const at = text.lastIndexOf('@');
  const local = lowerCase(text.slice(0, Math.max(0, at)));
  const typedDomain = text.slice(at + 1);
  // It reads like a URL's host: what would end or escape one is refused before.
  const domain = /[\s/\\?#%:@[\]]/u.test(typedDomain) ? '' : domainToASCII(typedDomain).toLowerCase();
  const address = `${local}@${domain}`;
  const valid =
    LOCAL_PART.test(local) &&
    !local.startsWith('.') &&
    !local.endsWith('.') &&
    !local.includes('..') &&
    DOMAIN.test(domain) &&
    Buffer.byteLength(address) <= MAX_EMAIL_BYTES;
  if (!valid) throw InvalidInput.of(field, 'invalid', 'is not a valid e-mail address');
  return address;
}

/** Lower-casing can take a text out of NFC. */
function lowerCase(text: string): string {
  return text.toLowerCase().normalize('NFC');
}

/** `ada@example.com` as `a••@example.com`, `+44 20 7946 0018` as `+••8`: enough to recognise one's own, too little to learn another's. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address][0] ?? ''}••${address.slice(at)}`;
}
