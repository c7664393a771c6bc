import type { Problem } from '../errors/index.js';

/**
 * Reads hashes of one form, however they came to be: enough to take over the passwords of another app. Hashes are text that
 * tells its own form, as PHC strings do (`$argon2id$v=19$m=…`), so that one column can hold those of several.
 */
export interface HashVerifier {
  /** The form of its hashes: `argon2id`, `bcrypt`. No two of one strategy share one, for a hash has one reader. */
  readonly name: string;
  /**
   * Whether the hash is one of this password. Costs the same for a right and a wrong one; false, and not an error, for a hash
   * that it does not know or that is damaged.
   */
  verify(password: string, hash: string): Promise<boolean>;
  /** Whether the hash is of this form, with parameters that this process can afford. */
  recognises(hash: string): boolean;
  /**
   * Called once at boot, before anything else: what keeps it from working, such as a package or a key that is missing.
   *
   * @param where The option that it was given to; problems name it.
   */
  check?(where: string): readonly Problem[] | Promise<readonly Problem[]>;
}

/** A way to store passwords: slow, salted, one-way. */
export interface HashProvider extends HashVerifier {
  /** @param password NFC, 1 to 1,024 bytes. Every byte counts: a provider that would cut it must refuse it instead. */
  hash(password: string): Promise<string>;
  /** Whether `hash()` would now use other parameters than these. */
  needsRehash(hash: string): boolean;
}
