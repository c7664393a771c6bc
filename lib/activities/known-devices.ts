import { digest, open, randomToken, safeEqual, seal } from '../crypto/index.js';
import type { Subject } from '../resources/index.js';
import type { Operation, Tenancies } from '../sessions/index.js';
import { DAY } from '../time/index.js';
import type { Services } from './runtime-parts.js';

const LIFETIME_SECONDS = 180 * DAY;
/** People who share a browser; each is known by subject and by what was typed. What is sealed has to fit into a cookie. */
const MOST_PER_DEVICE = 20;

interface Known {
  /** Digest of the subject that signed in here, or of the identity that was typed. */
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
  constructor(
    private readonly runtime: {
      readonly audience: string;
      readonly resource: { readonly subjectName: string };
      readonly services: Pick<Services, 'ring'>;
      readonly tenants: Tenancies;
    },
  ) {}

  /** The id of this device, if this subject or identity signed in on it. */
  find(operation: Operation, identity: string): string | null {
    const wanted = this.#digest(operation, identity);
    return this.#read(operation).find((known) => safeEqual(known.identity, wanted))?.device ?? null;
  }

  /** After a sign-in: the account is known here by its subject, and by what was typed in this step and the one before. */
  remember(operation: Operation, subject: Subject): void {
    const names = [subject, operation.identity, operation.firstStep?.identity ?? null].filter((name) => name !== null);
    const unknown = [...new Set(names)].filter((name) => this.find(operation, name) === null);
    if (!operation.cookies.writable || unknown.length === 0) return;
    const known = unknown.map((name) => ({ identity: this.#digest(operation, name), device: randomToken() }));
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
    return digest(JSON.stringify(['device', this.runtime.tenants.of(operation).tenant ?? '', identity]));
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
