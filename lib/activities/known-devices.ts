import { digest, open, randomToken, safeEqual, seal } from '../crypto/index.js';
import type { Operation } from '../sessions/index.js';
import { DAY } from '../time/index.js';
import type { ResourceRuntime } from './resource-runtime.js';

const LIFETIME_SECONDS = 180 * DAY;
/** People who share a browser; a second factor makes two entries of one. */
const MOST_PER_DEVICE = 10;

interface Known {
  /** Digest of the identity that signed in here. */
  readonly identity: string;
  readonly device: string;
}

/**
 * Devices that signed in to an account before. Their guesses are counted apart, so that nobody who has only the address can
 * use up the budget of its owner. The cookie proves nothing else: it opens no door, and is worth some guesses to a thief.
 *
 * @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
export class KnownDevices {
  constructor(private readonly runtime: ResourceRuntime) {}

  /** The id of this device, if this identity signed in on it. */
  find(operation: Operation, identity: string): string | null {
    const wanted = this.#digest(operation, identity);
    return this.#read(operation).find((known) => safeEqual(known.identity, wanted))?.device ?? null;
  }

  remember(operation: Operation, identities: readonly string[]): void {
    const unknown = identities.filter((identity) => this.find(operation, identity) === null);
    if (!operation.cookies.writable || unknown.length === 0) return;
    const known = unknown.map((identity) => ({ identity: this.#digest(operation, identity), device: randomToken() }));
    const all = [...known, ...this.#read(operation)].slice(0, MOST_PER_DEVICE);
    const [key] = this.#keys;
    if (key === undefined) return;
    operation.cookies.set(this.#cookieName, seal(key, this.#context, JSON.stringify(all)), LIFETIME_SECONDS);
  }

  #read(operation: Operation): readonly Known[] {
    const sealed = operation.cookies.get(this.#cookieName);
    for (const key of sealed === null ? [] : this.#keys) {
      const plain = sealed === null ? null : open(key, this.#context, sealed);
      if (plain !== null) return JSON.parse(plain) as Known[]; // authenticated: only `remember` above wrote it
    }
    return [];
  }

  /** No key is needed: the cookie is sealed. So an exchange of secrets makes no device a stranger. */
  #digest(operation: Operation, identity: string): string {
    return digest(JSON.stringify(['device', operation.tenantKey, identity]));
  }

  get #keys() {
    return this.runtime.services.ring.encryptionKeys('device');
  }

  get #context(): string {
    return JSON.stringify(['device', this.runtime.audience]);
  }

  get #cookieName(): string {
    return `__Host-${this.runtime.resource.subjectName}-device`;
  }
}
