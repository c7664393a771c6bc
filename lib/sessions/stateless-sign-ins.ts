import type { KeyObject } from 'node:crypto';
import { open, randomToken, seal } from '../crypto/index.js';
import { AuthenticationFailed } from '../errors/index.js';
import { keyOf, type DataLayer, type Subject } from '../resources/index.js';
import type { SignIn } from '../strategy/index.js';
import { LruCache, REMEMBERED_TOKENS, type UserTokenFacts } from '../tokens/index.js';
import { NO_CREDENTIAL, refused, type Loaded } from './loaded.js';
import type { Operation } from './operation.js';
import { packState, unpackState, type SealedState } from './sealed-state.js';
import { loadedSignIn, subjectOfUser, type SessionParts } from './session-parts.js';
import type { Kept, SignInKeeper } from './sign-in-keeper.js';
import type { NewSignIn } from './sign-in-rows.js';

/** With whose it is, by the key of its user. */
interface Opened extends SealedState {
  readonly subject: Subject;
}

/**
 * Sign-ins without a row: the token carries, sealed, who signed in and how, and the session cookie holds the token. Nothing is
 * read when one is loaded, so nothing ends one before it expires but an exchange of keys.
 */
export class StatelessSignIns<U extends object> implements SignInKeeper<U> {
  /**
   * What was opened before by these keys, by the sign-in's id, which comes out of a verified token. Not a `WeakMap` by the token: the garbage
   * collector looks at all of one, again and again.
   */
  readonly #opened = new LruCache<Opened>(REMEMBERED_TOKENS);
  #openedBy: readonly KeyObject[] = [];

  constructor(private readonly parts: SessionParts<U>) {}

  async keep(operation: Operation, subject: Subject, made: NewSignIn, tx: DataLayer): Promise<Kept> {
    const { resource } = this.parts;
    const key = keyOf(resource.subjectName, resource.key, subject);
    const user = key === null ? null : await tx.findOne(resource.model, key, resource.publicFields);
    const [sealing] = this.parts.sealingKeys();
    if (user === null || sealing === undefined) throw new AuthenticationFailed('unknown_user');
    const id = randomToken();
    const { methods, authenticatedAt, secondFactorAt, remembered } = made;
    const actor = made.actor === null ? null : (made.actor as Subject); // came from a proof's actor
    const state = { user, methods, authenticatedAt, secondFactorAt, actor, remembered };
    return { id, handle: null, sealed: seal(sealing, this.#context(operation, id), packState(state)) };
  }

  replace(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Nothing ends it early, so nobody has to know. */
  originOf(): Promise<null> {
    return Promise.resolve(null);
  }

  byHandle(operation: Operation, handle: string): Promise<Loaded<U>> {
    return this.#load(operation, handle, null);
  }

  byToken(operation: Operation, token: string): Promise<Loaded<U>> {
    return this.#load(operation, token, token);
  }

  byId(): Promise<Loaded<U>> {
    return Promise.resolve(NO_CREDENTIAL);
  }

  presented(): Promise<null> {
    return Promise.resolve(null);
  }

  async #load(operation: Operation, presented: string, token: string | null): Promise<Loaded<U>> {
    const { tokens, hooks } = this.parts;
    const facts = tokens.verify(presented);
    if (facts.tenant !== this.parts.tenants.of(operation).tenant) return refused('invalid_token', 'another_tenant');
    const state = this.#stateOf(operation, facts);
    if (state === null) return refused('invalid_token', 'not_sealed');
    if (state.subject !== facts.subject) return refused('invalid_token', 'another_user');
    const user = hooks.toUser({ ...state.user });
    if (!(await hooks.maySignIn(user))) return refused('invalid_token', 'may_not_sign_in');
    return { signIn: signInOf(facts, state, user, token), refused: null, reason: 'ok' };
  }

  #stateOf(operation: Operation, { sealed, signInId }: UserTokenFacts): Opened | null {
    const keys = this.parts.sealingKeys();
    if (keys !== this.#openedBy) this.#forget(keys);
    if (sealed === null) return null;
    const known = this.#opened.get(signInId);
    if (known !== undefined) return known;
    const packed = openWithAny(keys, this.#context(operation, signInId), sealed);
    if (packed === null) return null;
    const { resource } = this.parts;
    const state = unpackState(resource.model.columns, packed);
    const opened = { ...state, subject: subjectOfUser(resource, state.user) };
    this.#opened.set(signInId, opened);
    return opened;
  }

  /** What other keys opened counts no longer. */
  #forget(keys: readonly KeyObject[]): void {
    this.#opened.clear();
    this.#openedBy = keys;
  }

  #context(operation: Operation, id: string): string {
    return JSON.stringify(['sign-in', this.parts.flows.audience, this.parts.tenants.of(operation).tenant, id]);
  }
}

function openWithAny(keys: readonly KeyObject[], context: string, sealed: string): string | null {
  for (const key of keys) {
    const plain = open(key, context, sealed);
    if (plain !== null) return plain;
  }
  return null;
}

function signInOf<U>(facts: UserTokenFacts, state: SealedState, user: U, token: string | null): SignIn<U> {
  const { signInId: id, subject, tenant, expiresAt, claims } = facts;
  const { methods, authenticatedAt, secondFactorAt, actor, remembered } = state;
  return loadedSignIn({
    id,
    subject,
    tenant,
    expiresAt,
    claims,
    methods,
    authenticatedAt,
    secondFactorAt,
    actor,
    remembered,
    user,
    token,
  });
}
