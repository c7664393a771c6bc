import { AuthError } from '../errors/index.js';
import type { SignIn } from '../strategy/index.js';
import { bearerToken } from './bearer.js';
import { HeaderCredentials } from './header-credentials.js';
import { NO_CREDENTIAL, NO_TENANT, refused, type Loaded } from './loaded.js';
import type { Operation } from './operation.js';
import { sessionCookieName, type SessionParts } from './session-parts.js';
import type { SignInKeeper } from './sign-in-keeper.js';

/** `session`, `bearer`, or the name of a strategy whose credential comes in a header, such as `api-key`. */
export type Accepts = 'session' | 'bearer' | (string & Record<never, never>);

/** Finds out who is asking, once per operation. */
export class SignInLoader<U extends object> {
  readonly #headers: HeaderCredentials<U>;

  /** @param offer asked where the browser brought no live session: an add-on may know who this is */
  constructor(
    private readonly parts: SessionParts<U>,
    private readonly keeper: SignInKeeper<U>,
    private readonly offer: (operation: Operation) => Promise<SignIn<U> | null>,
  ) {
    this.#headers = new HeaderCredentials(parts);
  }

  /**
   * The first credential that is present and accepted alone decides, a bad one as well: strategies in their order, then the
   * bearer token, then the cookie. Each is looked at once per operation, whoever asks. A request of no tenant loads nobody.
   */
  async load(operation: Operation, accepts: readonly Accepts[]): Promise<Loaded<U>> {
    const found = this.parts.tenants.find(operation);
    if ((found instanceof Promise ? await found : found) === null) return NO_TENANT;
    for (const credential of inOrder(accepts)) {
      const loaded = await this.#once(operation, credential);
      if (loaded.signIn !== null || loaded.refused !== null) return loaded;
    }
    return NO_CREDENTIAL;
  }

  #once(operation: Operation, credential: Accepts): Promise<Loaded<U>> {
    const { subjects } = this.parts;
    const known = operation.loads.get(subjects, credential);
    if (known !== undefined) return known as Promise<Loaded<U>>; // nobody else loads by these subjects
    const loading = this.#look(operation, credential);
    operation.loads.set(subjects, credential, loading);
    return loading;
  }

  async #look(operation: Operation, credential: Accepts): Promise<Loaded<U>> {
    try {
      if (credential === 'bearer') return await this.#byBearer(operation);
      if (credential === 'session') return await this.#bySession(operation);
      return await this.#headers.load(operation, credential);
    } catch (error) {
      if (error instanceof AuthError) return refused('invalid_token', error.reason);
      throw error;
    }
  }

  #byBearer(operation: Operation): Loaded<U> | Promise<Loaded<U>> {
    const presented = bearerToken(operation.headers.get('authorization'));
    if (presented.kind === 'absent') return NO_CREDENTIAL;
    if (presented.kind === 'malformed') return refused('invalid_request', 'malformed_authorization');
    return this.keeper.byToken(operation, presented.token);
  }

  async #bySession(operation: Operation): Promise<Loaded<U>> {
    const { subjectName } = this.parts.resource;
    const name = sessionCookieName(subjectName, this.parts.tenants.of(operation).tenant);
    if (operation.cookies.isRepeated(name)) {
      // The second one was planted, by a neighbouring host or a broken proxy: somebody should know.
      this.parts.hooks.observe({ name: 'session.repeated-cookie', outcome: 'refused', facts: { subjectName } });
      return refused('invalid_request', 'repeated_cookie');
    }
    const handle = operation.cookies.get(name);
    const stored = handle === null ? NO_CREDENTIAL : await this.keeper.byHandle(operation, handle);
    if (stored.signIn !== null) return stored;
    const offered = await this.offer(operation);
    if (offered === null) return stored;
    const loaded = { signIn: offered, refused: null, reason: 'offered' } as const;
    // With the dead session of this browser went the memory of this load.
    operation.loads.set(this.parts.subjects, 'session', Promise.resolve(loaded));
    return loaded;
  }
}

function inOrder(accepts: readonly Accepts[]): readonly Accepts[] {
  if (accepts.length === 1) return accepts;
  const strategies = accepts.filter((name) => name !== 'bearer' && name !== 'session');
  return [...strategies, ...['bearer', 'session'].filter((name) => accepts.includes(name))];
}
