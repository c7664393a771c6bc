/** What goes along with a ceremony: of `sign-up` the identity, of `register` a `name`, of `second-factor` a `flow`, and `rememberMe` and the like. */
export type PasskeyFields = Readonly<Record<string, string | boolean>>;

/** What the app answered when all went well. */
export interface PasskeyAnswer {
  readonly status: number;
  /** As JSON; undefined where it is none. */
  readonly body: unknown;
  /** Where the app sent the browser; null where it did not. */
  readonly redirectedTo: string | null;
}

/** The app said no. What the browser itself refuses (nobody touched the key) comes as its own `DOMException`. */
export class PasskeyRefused extends Error {
  override readonly name = 'PasskeyRefused';

  constructor(readonly answer: PasskeyAnswer) {
    super(`The app answered ${answer.status}`);
  }
}

type Kind = 'sign-in' | 'sign-up' | 'second-factor' | 'verify' | 'registration';

/**
 * The ceremonies of one strategy, in a browser: options from the app, the dialog of the browser, the answer to the app. It imports
 * nothing, and needs the DOM at run time alone.
 *
 * @example
 * const passkeys = new Passkeys('/auth/user/webauthn');
 * await passkeys.signIn();
 */
export class Passkeys {
  #waiting: AbortController | null = null;

  /** @param paths The path of the strategy, or one for each phase where the app has moved some. */
  constructor(private readonly paths: string | Readonly<Record<string, string>>) {}

  static get areSupported(): boolean {
    return typeof PublicKeyCredential === 'function';
  }

  /** Adds a passkey to whoever is signed in. @throws {PasskeyRefused} */
  register(fields?: PasskeyFields): Promise<PasskeyAnswer> {
    return this.#create('registration', 'register', fields);
  }

  /** Makes an account. @throws {PasskeyRefused} */
  signUp(fields: PasskeyFields): Promise<PasskeyAnswer> {
    return this.#create('sign-up', 'sign-up', fields);
  }

  /** @throws {PasskeyRefused} */
  signIn(fields?: PasskeyFields): Promise<PasskeyAnswer> {
    return this.#show('sign-in', fields);
  }

  /** @throws {PasskeyRefused} */
  secondFactor(fields?: PasskeyFields): Promise<PasskeyAnswer> {
    return this.#show('second-factor', fields);
  }

  /** Steps up. @throws {PasskeyRefused} */
  verify(fields?: PasskeyFields): Promise<PasskeyAnswer> {
    return this.#show('verify', fields);
  }

  /**
   * Lets the browser offer passkeys where a name is typed: an input with `autocomplete="username webauthn"`. Waits until somebody
   * picks one, and asks for another challenge whenever one gets old.
   *
   * @param fields asked for when somebody has picked one
   * @returns null where the browser does no such thing, or another ceremony took its place
   * @throws {PasskeyRefused}
   */
  async autofill(fields: () => PasskeyFields = () => ({})): Promise<PasskeyAnswer | null> {
    if (!Passkeys.areSupported || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return null;
    for (;;) {
      const turn = this.#takeTurn();
      const picked = await this.#picked(turn).catch((error: unknown) => {
        if (!turn.signal.aborted) throw error;
        return null;
      });
      if (picked !== null) return this.#answer('sign-in', picked.begun, picked.credential, fields());
      if (turn.signal.reason !== TOO_OLD) return null;
    }
  }

  /** Until somebody picks one, or the challenge gets old. */
  async #picked(turn: AbortController): Promise<{ readonly begun: Begun; readonly credential: PublicKey | null }> {
    const { signal } = turn;
    const begun = await this.#begin('sign-in', {}, signal);
    const timer = setTimeout(() => turn.abort(TOO_OLD), begun.options.timeout * FRESH_SHARE);
    try {
      const publicKey = requestOptions(begun.options);
      return { begun, credential: await navigator.credentials.get({ publicKey, mediation: 'conditional', signal }) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #create(kind: Kind, phase: string, fields: PasskeyFields = {}): Promise<PasskeyAnswer> {
    const { signal } = this.#takeTurn();
    const begun = await this.#begin(kind, fields, signal);
    const credential = await navigator.credentials.create({ publicKey: creationOptions(begun.options), signal });
    return this.#answer(phase, begun, credential, fields);
  }

  async #show(kind: Kind, fields: PasskeyFields = {}): Promise<PasskeyAnswer> {
    const { signal } = this.#takeTurn();
    const begun = await this.#begin(kind, fields, signal);
    const credential = await navigator.credentials.get({ publicKey: requestOptions(begun.options), signal });
    return this.#answer(kind, begun, credential, fields);
  }

  /** Browsers have one ceremony at a time: what waits gives way. */
  #takeTurn(): AbortController {
    this.#waiting?.abort();
    this.#waiting = new AbortController();
    return this.#waiting;
  }

  async #begin(kind: Kind, fields: PasskeyFields, signal: AbortSignal): Promise<Begun> {
    const { body } = await this.#post(`${kind}-options`, fields, signal);
    return body as Begun; // what the room answers
  }

  #answer(phase: string, { ceremony }: Begun, credential: PublicKey | null, fields: PasskeyFields) {
    return this.#post(phase, { ...fields, credential: credential && toJson(credential), ceremony });
  }

  async #post(phase: string, json: object, signal: AbortSignal | null = null): Promise<PasskeyAnswer> {
    const path = typeof this.paths === 'string' ? `${this.paths}/${phase}` : this.paths[phase];
    if (path === undefined) throw new TypeError(`There is no route for ${phase}`);
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(json), signal });
    const body: unknown = await response.json().catch(() => undefined);
    const answer = { status: response.status, body, redirectedTo: response.redirected ? response.url : null };
    if (!response.ok) throw new PasskeyRefused(answer);
    return answer;
  }
}

const TOO_OLD = 'too old';
/** How much of a challenge's time autofill waits: the rest is for whoever picks a passkey. */
const FRESH_SHARE = 0.8;

interface Described {
  readonly id: string;
}

/** As the room answers them. */
interface Options {
  readonly challenge: string;
  readonly timeout: number;
  readonly user?: Described;
  readonly excludeCredentials?: readonly Described[];
  readonly allowCredentials?: readonly Described[];
}

interface Begun {
  readonly options: Options;
  readonly ceremony?: string;
}

function creationOptions(options: Options): object {
  const { challenge, user, excludeCredentials = [] } = options;
  return {
    ...options,
    challenge: bytesOf(challenge),
    user: { ...user, id: bytesOf(user?.id ?? '') },
    excludeCredentials: excludeCredentials.map(withBytes),
  };
}

function requestOptions(options: Options): object {
  const { challenge, allowCredentials = [] } = options;
  return { ...options, challenge: bytesOf(challenge), allowCredentials: allowCredentials.map(withBytes) };
}

function withBytes(described: Described): object {
  return { ...described, id: bytesOf(described.id) };
}

/** By hand: not every browser and password manager has a `toJSON()` that does it. */
function toJson({ id, rawId, type, response }: PublicKey): object {
  const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'] as const;
  const parts = names.flatMap((name) => (response[name] ? [[name, textOf(response[name])] as const] : []));
  const transports = response.getTransports?.();
  const shown = { ...Object.fromEntries(parts), ...(transports && { transports }) };
  return { id, rawId: textOf(rawId), type, clientExtensionResults: {}, response: shown };
}

function bytesOf(base64url: string): Uint8Array {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

// What is used of the browser: so that neither this library nor an app's build has to know the DOM.
interface PublicKey {
  readonly id: string;
  readonly rawId: ArrayBuffer;
  readonly type: string;
  readonly response: {
    readonly clientDataJSON: ArrayBuffer;
    readonly attestationObject?: ArrayBuffer;
    readonly authenticatorData?: ArrayBuffer;
    readonly signature?: ArrayBuffer;
    readonly userHandle?: ArrayBuffer | null;
    readonly getTransports?: () => readonly string[];
  };
}

interface CredentialRequest {
  readonly publicKey: object;
  readonly mediation?: 'conditional';
  readonly signal: AbortSignal;
}

declare const navigator: {
  readonly credentials: {
    create(request: CredentialRequest): Promise<PublicKey | null>;
    get(request: CredentialRequest): Promise<PublicKey | null>;
  };
};
declare const PublicKeyCredential: { isConditionalMediationAvailable?(): Promise<boolean> };
