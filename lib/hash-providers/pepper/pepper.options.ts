import type { SecretSource } from '../../secrets/index.js';

/** Options of {@link peppered}. */
export interface PepperOptions {
  /**
   * The keys, newest first: the first one is for new hashes, the others for those that were made under them. Each at least 32 random
   * bytes, from where the database and its backups are not kept. A function is called at boot.
   */
  readonly keys: SecretSource;
}
