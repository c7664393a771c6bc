import type { OfferedFactor } from '../errors/index.js';
import type { DataLayer, Row, SecondFactorPolicy, Subject } from '../resources/index.js';
import type { AuthEvent, Ended, JsonObject, MadeSignIn, Presented, Proof, UserChange } from '../strategy/index.js';
import type { Operation } from './operation.js';

/** A sign-in while it is being made, as far as `sessions/` knows it. */
export type SignInFacts<U> = Omit<MadeSignIn<U>, 'knownDevice' | 'newAccount'>;

/** What counts as a second factor that was not shown now. */
export interface Trust {
  /** The add-on that says so. */
  readonly by: string;
  /** When one was shown. */
  readonly since: Date;
}

/** What the rooms of a resource have to say, asked through one voice. Made by `activities/`, which knows the rooms. */
export interface Hooks<U> {
  changingUser(operation: Operation, change: UserChange<U>): Promise<void>;
  /** What add-ons give the client, merged. From here on the device is known to the account. */
  signedIn(operation: Operation, signIn: SignInFacts<U>, tx: DataLayer): Promise<JsonObject>;
  signedOut(operation: Operation, ended: Ended, tx: DataLayer): Promise<void>;
  /** Every room drops what it keeps of a subject. */
  forget(subject: Subject, tx: DataLayer): Promise<void>;
  /** Every room drops what is not to come back when the subject is enabled again. */
  disabled(subject: Subject, tx: DataLayer): Promise<void>;
  /** The app's own object of a row of public fields. @throws {PartFailed} where the app cannot make one */
  toUser(row: Row): U;
  /** Whether the resource lets this user in. */
  /** No promise where the app answers with none: each guarded request asks. */
  maySignIn(user: U): boolean | Promise<boolean>;
  /** The app's own claims for a token of this user, `more` over those of the resource. */
  claims(operation: Operation, user: U, more: JsonObject): Promise<JsonObject>;
  /** What a header strategy finds in the request. */
  readCredential(operation: Operation, strategyName: string): Promise<Presented<U>>;
  /** The browser's owner signs out of it: add-ons drop what they know it by. */
  forgetBrowser(operation: Operation): Promise<void>;
  /** The first add-on that knows who this is, where no credential was presented. */
  loadUser(operation: Operation): Promise<Proof<U> | null>;
  /** Whether this user is to be asked for a second factor. */
  secondFactor(user: U): Promise<SecondFactorPolicy>;
  /**
   * The second factors that this user has enrolled, over all strategies.
   * @param data the operation's, or the transaction to ask in
   */
  factors(operation: Operation, user: U, data: DataLayer): Promise<readonly OfferedFactor[]>;
  /** In how many ways this user can sign in, by strategy. @param data as for {@link factors} */
  waysIn(operation: Operation, user: U, data: DataLayer): Promise<ReadonlyMap<string, number>>;
  /** The first add-on by which this browser counts as a second factor of the subject. */
  trustsBrowser(operation: Operation, subject: Subject, subjectEpoch: number): Promise<Trust | null>;
  observe(event: Omit<AuthEvent, 'at'>): void;
}
