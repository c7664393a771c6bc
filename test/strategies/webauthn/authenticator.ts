import { hash, randomBytes } from 'node:crypto';
import { cbor, type Cbor } from './cbor.js';
import { makeKeys, type KeyKind, type Keys } from './keys.js';

/** Options as a page hands them to the browser, as far as this kit reads them. */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string; readonly name: string };
  readonly excludeCredentials: readonly { readonly id: string }[];
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials: readonly { readonly id: string }[];
}

/** Where browser and authenticator do not tell the truth. */
export interface Lies {
  /** Over what is in the client data; undefined leaves out. */
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly rpId?: string;
  readonly flags?: (flags: number) => number;
  readonly counter?: number;
  readonly userHandle?: string | null;
  /** Another id than the one that is meant, in what is sent. */
  readonly id?: string;
  /** Another id in the signed data. */
  readonly signedId?: Buffer;
  readonly signature?: (signature: Buffer) => Buffer;
  readonly keys?: KeyKind;
  /** Over what is sent, beside `response`. */
  readonly envelope?: Readonly<Record<string, unknown>>;
  /** Over what is in `response`. */
  readonly response?: Readonly<Record<string, unknown>>;
  readonly attestation?: (facts: Attested) => readonly [format: string, statement: ReadonlyMap<string, Cbor>];
}

/** What a statement speaks of. */
export interface Attested {
  readonly authData: Buffer;
  readonly clientDataHash: Buffer;
  readonly keys: Keys;
}

export interface AuthenticatorOptions {
  readonly origin?: string;
  readonly verifiesUser?: boolean;
  /** Synchronised, so that there are copies. */
  readonly backedUp?: boolean;
  /** Whether its counter counts. */
  readonly counts?: boolean;
  readonly keys?: KeyKind;
}

interface Held {
  readonly id: Buffer;
  readonly keys: Keys;
  readonly rpId: string;
  readonly userHandle: string;
  counter: number;
}

export const FLAG = { UP: 0x01, UV: 0x04, BE: 0x08, BS: 0x10, AT: 0x40, ED: 0x80 } as const;
/** The application of tests, by its `publicUrl`. */
export const ORIGIN = 'http://localhost:3000';

/** A browser with an authenticator, in software: it does what WebAuthn asks, and lies where a test tells it to. */
export class Authenticator {
  readonly held: Held[] = [];
  readonly #options: Required<AuthenticatorOptions>;

  constructor({
    origin = ORIGIN,
    verifiesUser = true,
    backedUp = false,
    counts = true,
    keys = 'ES256',
  }: AuthenticatorOptions = {}) {
    this.#options = { origin, verifiesUser, backedUp, counts, keys };
  }

  /** A new credential, by nobody's wish. */
  add(rpId: string, userHandle: string, kind = this.#options.keys): Held {
    const one: Held = { id: randomBytes(32), keys: makeKeys(kind), rpId, userHandle, counter: 0 };
    this.held.push(one);
    return one;
  }

  /** `navigator.credentials.create()`, and `toJSON()` of what it answers. */
  create({ challenge, rp, user }: CreationOptions, lies: Lies = {}): Record<string, unknown> {
    const one = this.add(rp.id, user.id, lies.keys);
    const { keys } = one;
    const clientData = this.#clientData('webauthn.create', challenge, lies);
    const id = lies.signedId ?? one.id;
    const length = Buffer.from([id.length >> 8, id.length & 0xff]);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, keys.publicKey]);
    const authData = Buffer.concat([this.#authData(one, FLAG.AT, lies), attested]);
    const facts = { authData, clientDataHash: sha256(clientData), keys };
    const [format, statement] = lies.attestation?.(facts) ?? ['none', new Map<string, Cbor>()];
    const entries: [string, Cbor][] = [
      ['fmt', format],
      ['attStmt', statement],
      ['authData', authData],
    ];
    const attestationObject = cbor(new Map(entries)).toString('base64url');
    return this.#sent(one, { attestationObject, transports: ['internal', 'hybrid', 'odd'] }, clientData, lies);
  }

  /** `navigator.credentials.get()`, with the newest credential of the place, or one that is asked for. */
  get({ challenge, rpId, allowCredentials }: RequestOptions, lies: Lies = {}): Record<string, unknown> {
    const allowed = allowCredentials.map(({ id }) => id);
    const isAsked = ({ id }: Held) => allowed.length === 0 || allowed.includes(id.toString('base64url'));
    const one = this.held.findLast((held) => held.rpId === rpId && isAsked(held));
    if (one === undefined) throw new Error('The authenticator holds no such credential');
    if (this.#options.counts) one.counter += 1;
    const clientData = this.#clientData('webauthn.get', challenge, lies);
    const authData = this.#authData(one, 0, lies);
    const right = one.keys.sign(Buffer.concat([authData, sha256(clientData)]));
    const signature = (lies.signature?.(right) ?? right).toString('base64url');
    const userHandle = lies.userHandle === undefined ? one.userHandle : lies.userHandle;
    return this.#sent(
      one,
      { authenticatorData: authData.toString('base64url'), signature, userHandle },
      clientData,
      lies,
    );
  }

  #clientData(type: string, challenge: string, { clientData }: Lies): Buffer {
    const said = { type, challenge, origin: this.#options.origin, crossOrigin: false, ...clientData };
    return Buffer.from(JSON.stringify(said));
  }

  #authData({ rpId, counter }: Held, more: number, lies: Lies): Buffer {
    const { verifiesUser, backedUp } = this.#options;
    const flags = FLAG.UP | (verifiesUser ? FLAG.UV : 0) | (backedUp ? FLAG.BE | FLAG.BS : 0) | more;
    const rest = Buffer.alloc(5);
    rest.writeUInt8(lies.flags?.(flags) ?? flags, 0);
    rest.writeUInt32BE(lies.counter ?? counter, 1);
    return Buffer.concat([sha256(Buffer.from(lies.rpId ?? rpId)), rest]);
  }

  #sent(one: Held, response: object, clientData: Buffer, lies: Lies): Record<string, unknown> {
    const id = lies.id ?? one.id.toString('base64url');
    const whole = { clientDataJSON: clientData.toString('base64url'), ...response, ...lies.response };
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response: whole, ...lies.envelope };
  }
}

function sha256(data: Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}
