import type { DataLayer, Scalar } from '../resources/data-layer.js';
import type { Subject } from '../resources/subject.js';
import type { NewMessage } from '../senders/index.js';
import type { Clock } from '../time/index.js';
import type { AuthEvent } from './add-on.js';
import type { AuthContext } from './auth-context.js';
import type { JsonObject } from './fields.js';
import type { Flows } from './flows.js';
import type { Inject } from './injected.js';
import type { Mailbox } from './outcome.js';
import type { Vault } from './vault.js';

/** The powers of a room, already bound to its resource, tenant and name. */
export interface StrategyContext<U> extends AuthContext {
  readonly accounts: Accounts<U>;
  /** The resource's, whatever the request is about. */
  readonly subjectName: string;
  readonly data: DataLayer;
  /** `<app>:<resource>`, as in tokens: what is issued for one is nothing for another, in the same store either. */
  readonly audience: string;
  /** Purposes of this room only. */
  readonly tokens: TokenIssuer;
  readonly flows: Flows;
  /** Keys of this room only. */
  readonly vault: Vault;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Links for messages: from `publicUrl` only, that of the tenant where there are some; never from the request. */
  readonly links: {
    /** A phase of this room. */
    to(phase: string, query: Readonly<Record<string, string>>): URL;
    /** A page of the app's own. @param path root-relative; `:tenant` in it stands for the tenant */
    page(path: string, query: Readonly<Record<string, string>>): URL;
  };
  /** A part of the app, of those that rooms name (`Room.injects`). */
  readonly inject: Inject;
  /** Leaves after commit and after the answer. Its failure is reported, never answered. */
  send<P extends string>(message: NewMessage<P>, tx?: DataLayer): void;
  /** Runs once `tx` has committed, and not at all where it is rolled back: for cookies, and for what is to be observed. */
  afterCommit(tx: DataLayer, work: () => void): void;
  /**
   * Starts when the answer is out; drained at shutdown. So known and unknown accounts cannot be told apart.
   * @throws {TooBusy} when the queue is full, before anything is answered.
   */
  afterAnswer(work: () => Promise<void>): void;
  /**
   * Tells add-ons of something that the answer does not show. An `error` is also a line of the log.
   * @param name After the room's own: `breach-check` of `password` is `password.breach-check`.
   * @param facts Ids, codes and reasons. Nothing that was typed.
   */
  observe(name: string, outcome: AuthEvent['outcome'], facts: JsonObject): void;
}

/** A user with what was true of the account when it was read. */
export interface Account<U> {
  readonly user: U;
  readonly subject: Subject;
  /** Read before `secrets` were: a credential that changed in between refuses whatever is proven with them. */
  readonly subjectEpoch: number;
  /** The private columns that this room declared, by field. */
  readonly secrets: Readonly<Record<string, Scalar>>;
  /** Fields whose mailboxes are known to be the account's, of those that an add-on confirms. */
  readonly confirmed: ReadonlySet<string>;
}

/** An account to be made. */
export interface Draft<U> {
  /** As it was asked for: an add-on may withhold fields when the account is made. */
  readonly user: U;
  readonly subject: Subject;
  readonly subjectEpoch: number;
  /** Does nothing where it is made already. @throws {UniqueViolation} */
  readonly create: (tx: DataLayer) => Promise<void>;
}

export interface Accounts<U> {
  /**
   * @param identity canonical; a phase's input of kind `identity` is
   * @param tx where it is asked within a transaction
   */
  findByIdentity(field: string, identity: string, tx?: DataLayer): Promise<Account<U> | null>;
  /** @param tx where it is asked within a transaction */
  find(subject: Subject, tx?: DataLayer): Promise<Account<U> | null>;
  /**
   * Makes an account. `values` are public fields and this room's private columns.
   * @param shown fields whose mailboxes were shown in order to have this one made, where not each proof of the room shows them. @default none
   * @throws {UniqueViolation}
   */
  create(values: Readonly<Record<string, Scalar>>, tx: DataLayer, shown?: readonly string[]): Promise<Account<U>>;
  /**
   * An account that is not there yet, for a proof whose effect makes it: so account and first sign-in are one transaction.
   * Where the database makes a part of it that may not be null, such as its key, the account is made at once: nobody can be
   * asked about a user without that.
   *
   * @param values as for {@link create}
   * @param first What the account depends on, such as a token that is spent for it: first in the transaction that makes it, whichever
   *   that is. @default nothing
   * @throws {UniqueViolation} where it is made at once
   */
  draft(values: Readonly<Record<string, Scalar>>, first?: (tx: DataLayer) => Promise<void>): Promise<Draft<U>>;
  /**
   * Changes fields that are no credentials by themselves. A new identity is one all the same: where the hooks of add-ons leave it in,
   * the epoch is raised and every sign-in of the subject ends.
   * @param since The epoch read before the change was allowed; where it is no longer the present one, nothing is done. @default not asked
   * @throws {UniqueViolation} for an identity that is somebody's
   * @throws {AuthenticationFailed} reason `credentials_changed`.
   */
  change(subject: Subject, values: Readonly<Record<string, Scalar>>, tx: DataLayer, since?: number): Promise<void>;
  /**
   * Changes a credential: raises the epoch, ends every sign-in of the subject, then writes.
   * @param since The epoch read before the change was allowed; where it is no longer the present one, nothing is done.
   * @returns the new epoch.
   * @throws {AuthenticationFailed} reason `credentials_changed`.
   */
  changeCredentials(
    subject: Subject,
    values: Readonly<Record<string, Scalar>>,
    since: number,
    tx: DataLayer,
  ): Promise<number>;
  /**
   * Says that control of this address of the account was shown, by something that signs nobody in; where a sign-in is made, say
   * it in the proof (`Proof.mailbox`). The first time that somebody shows it drops every credential that the account had before,
   * raises the epoch and ends every sign-in, for whoever made the account may have been somebody else.
   * @param since The epoch read before the mailbox was shown.
   * @returns the epoch from now on.
   * @throws {InvalidToken} where the address is not the account's (any more).
   * @throws {AuthenticationFailed} reason `credentials_changed`.
   */
  mailboxShown(subject: Subject, mailbox: Mailbox, since: number, tx: DataLayer): Promise<number>;
  /**
   * Writes a private column anew where it still holds `from`: the same secret in another form, such as its hash with the
   * present parameters. One conditional statement; no credential changes, so the epoch stays.
   * @returns false where the column holds something else by now, and nothing was written.
   */
  rewriteSecret(subject: Subject, field: string, from: Scalar, to: Scalar): Promise<boolean>;
  /**
   * Asks once more whether whoever is signed in still is, for a phase that makes what outlives the request and is no proof. The
   * subject's row is locked to the end of `tx`: nothing is made of a sign-in that has ended, nor beside a change of credentials,
   * disabling or deletion. For whoever enrols a factor before being signed in, it asks whether the first step still stands.
   * @returns the epoch to make it under.
   * @throws {SignInRequired}
   */
  requireStillSignedIn(tx: DataLayer): Promise<{ readonly subject: Subject; readonly subjectEpoch: number }>;
  /**
   * Asked last in a transaction that takes something away of an account, with the subject's row locked by {@link requireStillSignedIn}
   * or {@link changeCredentials}: whether any way in is left, and where a second factor is required of the user, any of those.
   * @throws {LastWayIn} @throws {LastFactor}
   */
  requireWayIn(subject: Subject, tx: DataLayer): Promise<void>;
  /** Whether a value of this public field is one account's alone. */
  isUnique(field: string): boolean;
  /**
   * Ends sign-ins of a subject. More than one at once raises the epoch, so that whatever was issued before is void, and nothing of it is
   * made later; with `all`, the browser that asks for its own loses its session cookie.
   *
   * @returns how many ended.
   */
  endSignIns(subject: Subject, which: WhichSignIns, tx: DataLayer): Promise<number>;
  subjectOf(user: U): Subject;
  /**
   * Asks whether the subject is disabled, and the resource's `maySignIn`, as the core does of each proof: for a phase that tells
   * who showed the secret more than the others, or hands out what is worth a sign-in later.
   * @throws {SignInNotAllowed}
   */
  requireMaySignIn(user: U): Promise<void>;
}

/**
 * `others`: all but the one in force here. `origin`: those that came of this session elsewhere (`Proof.origin`); where none did, one may be
 * on its way, and all end.
 */
export type WhichSignIns = 'all' | 'others' | { readonly id: string } | { readonly origin: string };

export interface Limits {
  /** @throws {LimitExceeded} */
  count(key: string, rule: LimitRule | LimitUntil): Promise<void>;
}

/** At most `limit` within each window of `windowSeconds`. */
export interface LimitRule {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** At most `limit` up to a moment: for what ends by itself, such as a code, whose guesses no new window is to begin anew. */
export interface LimitUntil {
  readonly limit: number;
  readonly until: Date;
}

/** One-time tokens of this room's own purposes. */
export interface TokenIssuer {
  /** Voids every older token of the same subject and purpose, and of the same topic and purpose. */
  issue(purpose: string, about: TokenAbout, tx: DataLayer): Promise<{ readonly token: string; readonly id: string }>;
  /** For pages: consumes nothing. @throws {InvalidToken} */
  read(purpose: string, token: string): Promise<TokenFacts>;
  /**
   * What was issued under an id, where nobody holds the token itself: for a code that is typed. Consumes nothing, and is one look-up
   * whatever it finds; whether the subject's epoch is still the same is asked when it is spent.
   * @returns null where it is unknown, expired, spent or void
   */
  find(purpose: string, id: string): Promise<TokenFacts | null>;
  /**
   * Consumes it: the first statement of the transaction.
   * @param token What was handed out, or what {@link find} answered.
   * @throws {InvalidToken}
   */
  spend(purpose: string, token: string | TokenFacts, tx: DataLayer): Promise<TokenFacts>;
}

export interface TokenAbout {
  /** For {@link TokenIssuer.find}: as hard to guess as a flow's, and never used twice. @default a random one */
  readonly id?: string | undefined;
  readonly subject: Subject | null;
  readonly subjectEpoch: number;
  /** What it is about beside the subject, or instead of one: an address without an account. Kept as a digest. @default nothing */
  readonly topic?: string | undefined;
  readonly lifetimeSeconds: number;
  readonly data?: JsonObject | undefined;
}

export interface TokenFacts {
  readonly id: string;
  readonly subject: Subject | null;
  /** The epoch it was issued under, and still the present one. */
  readonly subjectEpoch: number;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly data: JsonObject;
}
