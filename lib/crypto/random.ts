import { randomBytes } from 'node:crypto';
import { base62 } from './base62.js';

/** 256 random bits as 43 base64url characters: sign-in handles, token ids, flow ids. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** 256 random bits as 43 letters and digits: for keys that people copy and scanners look for. */
export function randomKey(): string {
  return base62(randomBytes(32));
}

/** 128 random bits as 22 letters and digits: names that nobody else makes, and no secrets. */
export function randomName(): string {
  return base62(randomBytes(16));
}
