import { digest } from '../crypto/index.js';
import { AuthError } from '../errors/index.js';
import { keyOf, type DataLayer, type Row, type SignInJoin } from '../resources/index.js';
import type { SignIn } from '../strategy/index.js';
import { addSeconds, MINUTE } from '../time/index.js';
import { bearerToken } from './bearer.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import { sessionCookieName, signInOf, subjectOfUser, type SessionParts } from './session-parts.js';
import { isLive, parseSignIn, type SignInRow } from './sign-in-rows.js';

/** What a request brought and what became of it. */
export interface Loaded<U> {
  readonly signIn: SignIn<U> | null;
  /** Why not, for the log and for `WWW-Authenticate`: null when no credential was presented. */
  readonly refused: 'invalid_request' | 'invalid_token' | null;
  readonly reason: string;
}

export type Accepts = 'session' | 'bearer';

const LAST_SEEN_SECONDS = MINUTE;
const ABSENT = { kind: 'absent' } as const;
const NO_CREDENTIAL = { signIn: null, refused: null, reason: 'no_credential' } as const;

/** Finds out who is asking, once per operation. */
export class SignInLoader<U extends object> {
  /** @param offer asked where no credential was presented: an add-on may know who this is */
  constructor(
    private readonly parts: SessionParts<U>,
    private readonly offer: (operation: Operation) => Promise<SignIn<U> | null>,
  ) {}

  /**
   * Where a bearer credential is present and accepted it alone decides: a bad one does not fall back to the cookie. Each
   * credential is looked at once per operation, whoever asks.
   */
  load(operation: Operation, accepts: readonly Accepts[]): Loaded<U> | Promise<Loaded<U>> {
    const presented = accepts.includes('bearer') ? bearerToken(operation.headers.get('authorization')) : ABSENT;
    if (presented.kind === 'malformed') return refused('invalid_request', 'malformed_authorization');
    const { kind } = presented;
    if (kind === 'token') return this.#once(operation, 'bearer', () => this.#byToken(operation, presented.token));
    return accepts.includes('session')
      ? this.#once(operation, 'session', () => this.#byCookie(operation))
      : NO_CREDENTIAL;
  }

  #once(operation: Operation, credential: Accepts, load: () => Promise<Loaded<U>>): Promise<Loaded<U>> {
    let memo = operation.loads.get(this);
    if (memo === undefined) operation.loads.set(this, (memo = new Map<string, unknown>()));
    const known = memo.get(credential);
    if (known !== undefined) return known as Promise<Loaded<U>>; // only the next line writes to the memo of this loader
    const loading = load();
    memo.set(credential, loading);
    return loading;
  }

  async #byCookie(operation: Operation): Promise<Loaded<U>> {
    const handle = operation.cookies.get(this.#cookieName);
    if (handle === null) return { ...NO_CREDENTIAL, signIn: await this.offer(operation) };
    const handleHash = digest(handle);
    return this.#byRow(operation, { handleHash }, (row) => row.handleHash === handleHash, null);
  }

  async #byToken(operation: Operation, token: string): Promise<Loaded<U>> {
    try {
      const claims = this.parts.tokens.verify(token);
      if (claims.tenant !== operation.tenant) return refused('invalid_token', 'another_tenant');
      const isItsRow = (row: SignInRow) => row.id === claims.signInId && row.subject === claims.subject;
      return await this.#byRow(operation, { id: claims.signInId }, isItsRow, token);
    } catch (error) {
      if (error instanceof AuthError) return refused('invalid_token', error.reason);
      throw error;
    }
  }

  async #byRow(
    operation: Operation,
    by: SignInJoin['by'],
    isTheOne: (row: SignInRow) => boolean,
    token: string | null,
  ): Promise<Loaded<U>> {
    const { resource, clock } = this.parts;
    const data = this.parts.data(operation);
    const found = await this.#find(data, by);
    if (found === null) return refused('invalid_token', 'unknown_sign_in');
    const row = parseSignIn(found.signIn);
    const now = clock.now();
    if (!isTheOne(row) || !isLive(row, now, resource.sessions.idleLifetimeSeconds)) {
      return refused('invalid_token', 'ended_sign_in');
    }
    const user = resource.toUser(found.user);
    const subject = subjectOfUser(resource, user);
    if (subject !== row.subject) return refused('invalid_token', 'another_user');
    if (!(await resource.maySignIn(user))) return refused('invalid_token', 'may_not_sign_in');
    await this.#touch(row, now, data);
    return { signIn: signInOf(row, subject, user, operation.tenant, token), refused: null, reason: 'ok' };
  }

  async #find(data: DataLayer, by: SignInJoin['by']): Promise<{ signIn: Row; user: Row } | null> {
    const { subjectName, key, model, publicFields } = this.parts.resource;
    const [only, ...others] = key;
    if (data.findSignIn !== undefined && only !== undefined && others.length === 0) {
      const join = { signIns: signInsModel, by, user: model, userKey: only.field, userFields: publicFields };
      return data.findSignIn(join);
    }
    const signIn = await data.findOne(signInsModel, by);
    const where = signIn === null ? null : keyOf(subjectName, key, String(signIn['subject']));
    const user = where === null ? null : await data.findOne(model, where, publicFields);
    return signIn === null || user === null ? null : { signIn, user };
  }

  /** Coalesced: however many requests, one write a minute. It never revives a row that ended meanwhile. */
  async #touch(row: SignInRow, now: Date, data: DataLayer): Promise<void> {
    const due = addSeconds(now, -LAST_SEEN_SECONDS);
    if (row.lastSeenAt > due) return;
    await data.update(signInsModel, { id: row.id, endedAt: null, lastSeenAt: row.lastSeenAt }, { lastSeenAt: now });
  }

  get #cookieName(): string {
    return sessionCookieName(this.parts.resource.subjectName);
  }
}

function refused(problem: 'invalid_request' | 'invalid_token', reason: string): Loaded<never> {
  return { signIn: null, refused: problem, reason };
}
