import { createHmac, randomBytes } from 'node:crypto';
import { safeEqual } from '../../crypto/index.js';

/** 160 bits, as RFC 4226 §4 R6 recommends. */
const SEED_BYTES = 20;
const DIGITS = 6;
/** RFC 6238 §5.2. */
const STEP_SECONDS = 30;

/** RFC 4648 §6. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What an authenticator app and we have in common. */
export function randomSeed(): Uint8Array {
  return randomBytes(SEED_BYTES);
}

/** In letters and digits, for typing. Ours need no padding: their bits are a multiple of five. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32.charAt(Number.parseInt(five.padEnd(5, '0'), 2))).join('');
}

/** The code of a counter: HMAC-SHA-1, six digits. @see RFC 4226 §5.3 */
export function hotp(seed: Uint8Array, counter: number): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', seed).update(moving).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const truncated = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** How many steps of 30 seconds have begun since 1970. @see RFC 6238 §4.2 */
export function stepAt(time: Date): number {
  return Math.floor(time.getTime() / 1000 / STEP_SECONDS);
}

/**
 * The step that a code is of: the present one or the one before (RFC 6238 §5.2), and never one to come. Both are worked out and
 * compared in any case.
 *
 * @param typed with spaces, as apps show it, or without
 * @returns null for any other text
 */
export function matchingStep(seed: Uint8Array, typed: string, now: Date): number | null {
  const code = typed.replaceAll(/\s/g, '');
  const present = stepAt(now);
  const [step = null] = [present, present - 1].filter((one) => safeEqual(hotp(seed, one), code));
  return step;
}

/** Whose codes an app shows. */
export interface KeyLabel {
  readonly issuer: string;
  /** Empty where the account has no name. */
  readonly account: string;
}

/**
 * What authenticator apps read from a QR code. The parameters are the only ones that all apps know.
 *
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function keyUri({ issuer, account }: KeyLabel, seed: Uint8Array): string {
  const label = [issuer, account].filter((part) => part !== '').map(encodeURIComponent);
  const parameters = `secret=${base32(seed)}&issuer=${encodeURIComponent(issuer)}`;
  return `otpauth://totp/${label.join(':')}?${parameters}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`;
}
