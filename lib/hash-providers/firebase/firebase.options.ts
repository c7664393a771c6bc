import type { Problem } from '../../errors/index.js';
import { Secret } from '../../secrets/index.js';

/** Options of {@link firebaseHashes}: what the Firebase console shows as the project's password hash parameters. */
export interface FirebaseOptions {
  /** `base64_signer_key`. A secret: whoever has it can try passwords against stolen hashes. */
  readonly signerKey: string | undefined;
  /** `base64_salt_separator`. */
  readonly saltSeparator: string;
  /** From 1 to 8. */
  readonly rounds: number;
  /** `mem_cost`, from 1 to 14. */
  readonly memoryCost: number;
}

export interface ResolvedFirebaseOptions {
  /** Base64. */
  readonly signerKey: Secret;
  readonly saltSeparator: Buffer;
  readonly rounds: number;
  readonly memoryCost: number;
}

const SIGNER_KEY_BYTES = 64;

/** @throws {RangeError} for rounds or a memory cost that Firebase has not */
export function resolveFirebaseOptions({
  signerKey,
  saltSeparator,
  rounds,
  memoryCost,
}: FirebaseOptions): ResolvedFirebaseOptions {
  demand('rounds', rounds, 8);
  demand('memoryCost', memoryCost, 14);
  const separator = Buffer.from(saltSeparator, 'base64');
  return Object.freeze({ signerKey: new Secret(signerKey ?? ''), saltSeparator: separator, rounds, memoryCost });
}

/** A key from the environment is missing at boot, not at the call. */
export function signerKeyProblems({ signerKey }: ResolvedFirebaseOptions, where: string): readonly Problem[] {
  if (Buffer.from(signerKey.reveal(), 'base64').length === SIGNER_KEY_BYTES) return [];
  const wrong = `the signerKey of firebaseHashes is missing, or not ${SIGNER_KEY_BYTES} bytes in base64`;
  return [{ where, wrong, cure: "copy `base64_signer_key` from the Firebase console's password hash parameters" }];
}

function demand(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(`firebaseHashes: ${name} must be a whole number from 1 to ${most}, got ${value}`);
}
