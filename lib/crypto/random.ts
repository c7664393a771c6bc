import { randomBytes } from 'node:crypto';

/** 256 random bits as 43 base64url characters: sign-in handles, token ids, flow ids. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}
