import type { DataLayer, Scalar } from '../resources/data-layer.js';
import type { Subject } from '../resources/subject.js';
import type { Activity } from './activity.js';
import type { SignIn } from './auth-context.js';
import type { JsonObject } from './fields.js';
import type { Proof } from './outcome.js';
import type { Room } from './room.js';
import type { Account, StrategyContext } from './strategy-context.js';

/**
 * Something around the ways in. Eight hooks, each of one nature: refuse (`beforeActivity`), take part in a transaction
 * (`changingUser`, `signedIn`, `signedOut`), know a browser (`loadUser`, `forgetBrowser`, `trustsBrowser`), watch (`observe`). A participant that throws undoes the
 * transaction; a watcher that throws is reported and breaks nothing. A hook that is given `tx` awaits nothing but `tx`.
 */
export interface AddOn<U> extends Room<U> {
  /** Names of inputs that are kept through redirects and pending factors, as `ctx.carried`. */
  readonly carries?: readonly string[] | undefined;
  /**
   * Fields that hold addresses, each with the public time field that says since when its mailbox is known to be the account's:
   * `{ email: 'emailConfirmedAt' }`. The core writes the time when a proof shows the mailbox. @default none
   */
  readonly confirms?: Readonly<Record<string, string>> | undefined;
  /** Throw an `AuthError` to refuse. */
  readonly beforeActivity?: ((ctx: StrategyContext<U>, attempt: Attempt) => Promise<void>) | undefined;
  /** In the transaction of every change to a user that somebody asks for. Taking a field out of `values` withholds it. */
  readonly changingUser?: ((ctx: StrategyContext<U>, change: UserChange<U>) => Promise<void>) | undefined;
  /** In the transaction of every sign-in. What it answers is added to what the client gets. */
  readonly signedIn?:
    ((ctx: StrategyContext<U>, signIn: MadeSignIn<U>, tx: DataLayer) => Promise<JsonObject | void>) | undefined;
  readonly signedOut?: ((ctx: StrategyContext<U>, ended: Ended, tx: DataLayer) => Promise<void>) | undefined;
  /**
   * Asked where a browser brought no session, or a dead one, and no credential of another kind: the core completes the proof like any
   * other.
   */
  readonly loadUser?: ((ctx: StrategyContext<U>) => Promise<Proof<U> | null>) | undefined;
  /**
   * The counterpart of `loadUser`: somebody signs out in this browser, with a live session or without. What it is known by must bring
   * nobody back.
   */
  readonly forgetBrowser?: ((ctx: StrategyContext<U>) => Promise<void>) | undefined;
  /**
   * Asked after a first step whose subject would be asked for a second factor: whether this browser counts as one, since somebody showed
   * one in it. The sign-in then has the add-on's name among its methods, and the time as its `secondFactorAt`; it is never a fresh second
   * factor. Never asked for a browser that is merely remembered, and where somebody acts for another. What it changes it changes in
   * `signedIn`; throwing there undoes the sign-in.
   * @param subjectEpoch the one that the first step was taken under
   * @returns when the second factor was shown; null where this browser counts as none
   */
  readonly trustsBrowser?:
    ((ctx: StrategyContext<U>, subject: Subject, subjectEpoch: number) => Promise<Date | null>) | undefined;
  /** After commit. */
  readonly observe?: ((event: AuthEvent) => void) | undefined;
}

/** A sign-in while it is being made. */
export interface MadeSignIn<U> extends SignIn<U> {
  /** What it is made under: whatever an add-on issues along with it has to carry the same. */
  readonly subjectEpoch: number;
  /** The id of the sign-in whose place it takes: somebody showed more, or was given new handles. Null for one that begins. */
  readonly replaces: string | null;
  /** Whether somebody signed in to this account on this device before, as far as its cookie says. */
  readonly knownDevice: boolean;
  /** Whether the account was made in this very operation: by registering, say. */
  readonly newAccount: boolean;
}

export interface Attempt {
  readonly activity: Activity;
  readonly identity: string | null;
  readonly guess: 'secret' | 'message' | null;
}

export interface UserChange<U> {
  readonly kind: 'create' | 'update' | 'delete';
  /** Null when an account is made. */
  readonly before: U | null;
  /** Writable. */
  readonly values: Record<string, Scalar>;
  /** True: the epoch is raised, unless a new identity was all that would have raised it, and it was withheld. */
  readonly credentials: boolean;
  readonly tx: DataLayer;
  /** Work for when the rest is written, in the same transaction: only then is there a new account to speak of. None after a `delete`. */
  readonly onceWritten: (work: (account: WrittenAccount<U>) => Promise<void>) => void;
}

/** An account as a change leaves it. */
export type WrittenAccount<U> = Pick<Account<U>, 'user' | 'subject' | 'subjectEpoch'>;

export interface Ended {
  readonly subject: Subject;
  readonly which: 'this' | 'others' | 'all';
  /** The sign-in that ended, for `this`; the one that was spared, for `others`. */
  readonly signInId: string | null;
}

export interface AuthEvent {
  /** `password.sign-in`, `session.ended`, … */
  readonly name: string;
  readonly at: Date;
  readonly outcome: 'ok' | 'refused' | 'error';
  /** Ids, digests, codes and reasons. Nothing that was typed. */
  readonly facts: JsonObject;
}
