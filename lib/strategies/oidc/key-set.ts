import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose';

/** Public keys as a provider publishes them. */
export interface PublishedKeys {
  readonly keys: readonly JWK[];
}

export interface KeySources {
  readonly present: () => Promise<PublishedKeys>;
  /** Another answer only where the present one is not from a moment ago. */
  readonly newer: () => Promise<PublishedKeys>;
}

/**
 * The key for a token, by its `kid`; without one where a single key fits. `use`, `alg`, `key_ops` and the curve have to fit, and a
 * secret is never a key of a set. A `kid` that is not there has the set read once more.
 */
export class KeySet {
  constructor(private readonly sources: KeySources) {}

  /** For `jwtVerify`. @throws {errors.JOSEError} where there is no such key, or several */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const present = await this.sources.present();
    try {
      return await keyIn(present, header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    const newer = await this.sources.newer();
    return keyIn(newer, header, token);
  };
}

/** Keys are imported once for each answer of the provider. */
const sets = new WeakMap<PublishedKeys, ReturnType<typeof createLocalJWKSet>>();

function keyIn(published: PublishedKeys, ...[header, token]: Parameters<JWTVerifyGetKey>) {
  const set = sets.get(published) ?? createLocalJWKSet({ keys: [...published.keys] });
  sets.set(published, set);
  return set(header, token);
}
