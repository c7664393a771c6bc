import { AuthError } from '../errors/index.js';
import { keyOf, type DataLayer, type Row, type SignInJoin, type Subject, type Where } from '../resources/index.js';
import type { JsonObject } from '../strategy/index.js';
import { addSeconds, MINUTE } from '../time/index.js';
import { bearerToken } from './bearer.js';
import { refused, type Loaded } from './loaded.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import { sessionCookieName, signInOf, subjectOfUser, type SessionParts } from './session-parts.js';
import { isSameTime } from './subjects.js';
import { creationIn, isDeleted, publicRow } from './user-rows.js';
import type { Kept, SignInKeeper } from './sign-in-keeper.js';
import {
  endSignIn,
  handleHashOf,
  insertSignIn,
  isLive,
  liveSignIns,
  originOf,
  parseSignIn,
  type NewSignIn,
  type SignInRow,
} from './sign-in-rows.js';

const LAST_SEEN_SECONDS = MINUTE;
/** A cookie says nothing: it is a handle. */
const NO_CLAIMS: JsonObject = Object.freeze({});

/** Sign-ins by their two handles: one row, and its user fresh from the data store. */
export class StoredSignIns<U extends object> implements SignInKeeper<U> {
  constructor(private readonly parts: SessionParts<U>) {}

  async keep(operation: Operation, subject: Subject, made: NewSignIn, tx: DataLayer): Promise<Kept> {
    const { subjects, flows } = this.parts;
    await this.#makeRoom(operation, subject, tx);
    const kept = await insertSignIn(made, flows.audience, await subjects.markOf(subject, tx), tx);
    return { ...kept, sealed: undefined };
  }

  replace(id: string, subject: Subject, tx: DataLayer): Promise<boolean> {
    return endSignIn(id, subject, this.parts.clock.now(), tx);
  }

  originOf(operation: Operation, id: string, subject: Subject): Promise<string | null> {
    return originOf(id, subject, this.parts.data(operation));
  }

  byHandle(operation: Operation, handle: string): Promise<Loaded<U>> {
    const handleHash = handleHashOf(this.parts.flows.audience, handle);
    return this.#byRow(operation, { handleHash }, (row) => row.handleHash === handleHash, null, NO_CLAIMS);
  }

  async byToken(operation: Operation, token: string): Promise<Loaded<U>> {
    const { signInId, subject, tenant, claims } = this.parts.tokens.verify(token);
    if (tenant !== this.#tenantOf(operation)) return refused('invalid_token', 'another_tenant');
    return this.#byRow(operation, { id: signInId }, isRowOf(signInId, subject), token, claims);
  }

  byId(operation: Operation, id: string, subject: Subject): Promise<Loaded<U>> {
    return this.#byRow(operation, { id }, isRowOf(id, subject), null, NO_CLAIMS);
  }

  async presented(operation: Operation, by: 'session' | 'bearer'): Promise<{ id: string; subject: Subject } | null> {
    const where = by === 'session' ? this.#byCookie(operation) : this.#byBearer(operation);
    const found = where === null ? null : await this.parts.data(operation).findOne(signInsModel, where);
    if (found === null) return null;
    const { id, subject } = parseSignIn(found);
    return { id, subject: subject as Subject }; // a column written from a Subject
  }

  /** Ends the oldest sign-ins where there are as many as the resource allows. */
  async #makeRoom(operation: Operation, subject: Subject, tx: DataLayer): Promise<void> {
    const { clock, hooks, resource } = this.parts;
    const { maxPerSubject, idleLifetimeSeconds } = resource.sessions;
    const now = clock.now();
    const live = await liveSignIns(subject, now, idleLifetimeSeconds, tx);
    for (const { id: signInId } of live.slice(0, Math.max(0, live.length + 1 - maxPerSubject))) {
      await endSignIn(signInId, subject, now, tx);
      await hooks.signedOut(operation, { subject, which: 'this', signInId }, tx);
    }
  }

  #byCookie(operation: Operation): Where | null {
    const name = sessionCookieName(this.parts.resource.subjectName, this.#tenantOf(operation));
    const handle = operation.cookies.get(name);
    return handle === null ? null : { handleHash: handleHashOf(this.parts.flows.audience, handle), endedAt: null };
  }

  #byBearer(operation: Operation): Where | null {
    const presented = bearerToken(operation.headers.get('authorization'));
    if (presented.kind !== 'token') return null;
    try {
      const { signInId: id, subject, tenant } = this.parts.tokens.verify(presented.token);
      return tenant === this.#tenantOf(operation) ? { id, subject, endedAt: null } : null;
    } catch (error) {
      if (error instanceof AuthError) return null;
      throw error;
    }
  }

  async #byRow(
    operation: Operation,
    by: SignInJoin['by'],
    isTheOne: (row: SignInRow) => boolean,
    token: string | null,
    claims: JsonObject,
  ): Promise<Loaded<U>> {
    const { resource, clock, hooks } = this.parts;
    const data = this.parts.data(operation);
    const found = await this.#find(data, by);
    if (found === null || isDeleted(resource, found.user)) return this.#missing(by, data);
    const row = parseSignIn(found.signIn);
    if (row.userCreatedAt !== null && !isSameTime(row.userCreatedAt, creationIn(resource, found.user))) {
      return this.#missing(by, data); // its user is gone, and somebody else has the key
    }
    const now = clock.now();
    if (!isTheOne(row) || !isLive(row, now, resource.sessions.idleLifetimeSeconds)) {
      return refused('invalid_token', 'ended_sign_in');
    }
    const subject = subjectOfUser(resource, found.user);
    if (subject !== row.subject) return refused('invalid_token', 'another_user');
    const user = hooks.toUser(publicRow(resource, found.user));
    if (!(await hooks.maySignIn(user))) return refused('invalid_token', 'may_not_sign_in');
    await this.#touch(row, now, data);
    const signIn = signInOf(row, subject, user, this.#tenantOf(operation), token, claims);
    return { signIn, refused: null, reason: 'ok' };
  }

  #tenantOf(operation: Operation): string | null {
    return this.parts.tenants.of(operation).tenant;
  }

  async #find(data: DataLayer, by: SignInJoin['by']): Promise<{ signIn: Row; user: Row } | null> {
    const { subjectName, key, model, readFields } = this.parts.resource;
    const [only, ...others] = key;
    if (data.findSignIn !== undefined && only !== undefined && others.length === 0) {
      const join = { signIns: signInsModel, by, user: model, userKey: only.field, userFields: readFields };
      return data.findSignIn(join);
    }
    const signIn = await data.findOne(signInsModel, by);
    const where = signIn === null ? null : keyOf(subjectName, key, String(signIn['subject']));
    const user = where === null ? null : await data.findOne(model, where, readFields);
    return signIn === null || user === null ? null : { signIn, user };
  }

  /** Nobody's sign-in, or that of a user who is gone: it ends, so that an account made anew under the key has none of it. */
  async #missing(by: SignInJoin['by'], data: DataLayer): Promise<Loaded<U>> {
    const orphan = await data.findOne(signInsModel, by, ['id', 'endedAt']);
    if (orphan === null) return refused('invalid_token', 'unknown_sign_in');
    await data.update(signInsModel, { ...by, endedAt: null }, { endedAt: this.parts.clock.now() });
    return refused('invalid_token', 'unknown_user');
  }

  /** Coalesced: however many requests, one write a minute. It never revives a row that ended meanwhile. */
  async #touch(row: SignInRow, now: Date, data: DataLayer): Promise<void> {
    const { idleLifetimeSeconds } = this.parts.resource.sessions;
    // Where the idle lifetime is shorter than that, whoever is active must still be seen in time.
    const due = addSeconds(now, -Math.min(LAST_SEEN_SECONDS, idleLifetimeSeconds / 2));
    if (row.lastSeenAt > due) return;
    await data.update(signInsModel, { id: row.id, endedAt: null, lastSeenAt: row.lastSeenAt }, { lastSeenAt: now });
  }
}

/** What was asked for, and not what a collation takes for the same. */
function isRowOf(id: string, subject: Subject): (row: SignInRow) => boolean {
  return (row) => row.id === id && row.subject === subject;
}
