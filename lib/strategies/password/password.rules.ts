import { InvalidInput, type FieldProblem } from '../../errors/index.js';

/** What a new password must satisfy. */
export interface PasswordRules {
  readonly minLength: number;
  readonly maxBytes: number;
  readonly contextWords: readonly string[];
  readonly blocklist: (password: string) => Promise<boolean>;
}

/** Shorter words stand in too many good passwords by chance. */
const MIN_CONTEXT_WORD_LENGTH = 3;

/**
 * The form in which a password is hashed and compared: NFC and nothing else (NIST SP 800-63B-4 §3.1.1.2), so that a keyboard's
 * way to compose an `é` locks nobody out.
 *
 * @throws {InvalidInput} `too_long`, in every phase, before anything is hashed.
 */
export function normalisePassword(field: string, typed: string, maxBytes: number): string {
  // Measured before and after: a text of any length is not worth normalising, and NFC can lengthen some.
  const password = Buffer.byteLength(typed) > maxBytes ? typed : typed.normalize('NFC');
  if (Buffer.byteLength(password) > maxBytes) {
    throw InvalidInput.of(field, 'too_long', `is longer than ${maxBytes} bytes`);
  }
  return password;
}

/**
 * Reads a password that is to be set, with its confirmation. Spends nothing and needs no account.
 *
 * @returns the password in NFC.
 * @throws {InvalidInput} naming everything that is wrong with the two.
 */
export function readNewPassword(typed: string, confirmation: string, rules: PasswordRules): string {
  const password = normalisePassword('password', typed, rules.maxBytes);
  const problems: FieldProblem[] = [];
  if ([...password].length < rules.minLength) {
    const message = `must have at least ${rules.minLength} characters`;
    problems.push({ field: 'password', code: 'too_short', message });
  }
  if (normalisePassword('passwordConfirmation', confirmation, rules.maxBytes) !== password) {
    problems.push({ field: 'passwordConfirmation', code: 'mismatch', message: 'does not match the password' });
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return password;
}

/** @throws {InvalidInput} `unchanged`. Both in NFC. */
export function refuseUnchanged(password: string, present: string): void {
  if (password === present) throw InvalidInput.of('password', 'unchanged', 'must not be the present one');
}

/**
 * Refuses what a guesser tries first: passwords that many people have, and this account's own name in it.
 *
 * @param identity Canonical: an address or a name.
 * @throws {InvalidInput} `predictable` or `too_common`.
 */
export async function refuseGuessable(password: string, identity: string, rules: PasswordRules): Promise<void> {
  const folded = password.toLowerCase();
  const words = [localPart(identity), ...rules.contextWords].map((word) => word.normalize('NFC').toLowerCase());
  if (words.some((word) => word.length >= MIN_CONTEXT_WORD_LENGTH && folded.includes(word))) {
    throw InvalidInput.of('password', 'predictable', 'must not contain your address or name, or the name of this app');
  }
  if (await rules.blocklist(password)) {
    throw InvalidInput.of('password', 'too_common', 'is among the passwords that are guessed first');
  }
}

/**
 * Whether the password is one of some 14,000 that leaked most often, in any case. They are loaded at the first call.
 *
 * @param password NFC.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  const { commonPasswords } = await import('./common-passwords.js');
  return commonPasswords.has(password.toLowerCase());
}

/** Of `ada+shop@example.com` the `ada`; a name without `@` is its own. */
function localPart(identity: string): string {
  const [local = ''] = identity.split('@');
  const [name = ''] = local.split('+');
  return name;
}
