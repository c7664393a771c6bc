import { open, seal } from '../crypto/index.js';
import type { Opened, SealedAbout, Vault } from '../strategy/index.js';
import type { KeyRing } from './key-ring.js';

export interface RoomVaultOptions {
  readonly ring: KeyRing;
  readonly audience: string;
  readonly room: string;
  readonly tenant: string | null;
}

/** Seals with the app's newest secret, and opens with each. */
export class RoomVault implements Vault {
  constructor(private readonly options: RoomVaultOptions) {}

  seal(about: SealedAbout, plain: string): string {
    const [newest] = this.#keys();
    if (newest === undefined) throw new Error('The key ring is empty');
    return seal(newest, this.#context(about), plain);
  }

  open(about: SealedAbout, sealed: string): Opened | null {
    for (const [age, key] of this.#keys().entries()) {
      const plain = open(key, this.#context(about), sealed);
      if (plain !== null) return { plain, resealed: age === 0 ? null : this.seal(about, plain) };
    }
    return null;
  }

  #keys(): ReturnType<KeyRing['encryptionKeys']> {
    const { ring, audience, room } = this.options;
    return ring.encryptionKeys(`vault ${audience} ${room}`);
  }

  #context({ table, column, owner }: SealedAbout): string {
    return JSON.stringify(['vault', this.options.tenant ?? '', table, column, owner]);
  }
}
