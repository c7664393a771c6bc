import type { Html } from '../../pages/index.js';
import { textOf } from '../../resources/index.js';
import { base32, keyUri } from './totp.codes.js';
import type { ResolvedTotpOptions } from './totp.options.js';
import { qrCode } from './totp.qr.js';

/** What an authenticator app is given: by a code to scan, by a link on the same device, or by hand. */
export interface Setup {
  readonly url: string;
  /** Base32. */
  readonly secret: string;
  /** Null where the app draws none. */
  readonly qr: Html | null;
  readonly expiresAt: Date;
}

/** @param user whose identity stands beside the issuer */
export async function setupOf(
  { issuer, identityField, qr }: ResolvedTotpOptions,
  user: unknown,
  seed: Uint8Array,
  expiresAt: Date,
): Promise<Setup> {
  const url = keyUri({ issuer, account: textOf(user, identityField) }, seed);
  return { url, secret: base32(seed), qr: qr ? await qrCode(url) : null, expiresAt };
}
