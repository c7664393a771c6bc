/**
 * A way to store passwords: slow, salted, one-way. Hashes are text that names its own algorithm and parameters, as PHC
 * strings do (`$argon2id$v=19$m=…`), so that one column can hold the hashes of several providers.
 */
export interface HashProvider {
  /** For errors and the boot line: `argon2id`. */
  readonly name: string;
  /** @param password NFC, 1 to 1,024 bytes. Every byte counts: a provider that would cut it must refuse it instead. */
  hash(password: string): Promise<string>;
  /**
   * Whether the hash is one of this password. Costs the same for a right and a wrong one; false, and not an error, for a hash
   * that the provider does not know or that is damaged.
   */
  verify(password: string, hash: string): Promise<boolean>;
  /** Whether the hash was made by this algorithm, with whatever parameters. */
  recognises(hash: string): boolean;
  /** Whether `hash()` would now use other parameters than these. */
  needsRehash(hash: string): boolean;
}
