import type { DataLayer } from '../resources/data-layer.js';
import type { Subject } from '../resources/subject.js';
import type { AuthReply } from './auth-reply.js';
import type { JsonObject } from './fields.js';

/** What a phase may say. Failing is throwing an `AuthError`. */
export type Outcome<U> =
  /**
   * Who somebody is; what that is worth, the core decides. `stepsUp`: it adds to the sign-in in force, which has to be the same user's, and
   * makes none by itself. For phases of actor `anyone` whose flow was begun by somebody who is signed in.
   */
  | { readonly kind: 'proved'; readonly proof: Proof<U>; readonly stepsUp?: true | undefined }
  /** Done, and nobody is signed in by it. `result` is for the client: the callback finds it as `ctx.result`. */
  | { readonly kind: 'done'; readonly result?: JsonObject | undefined }
  /**
   * Nothing is proven: the sign-in in force goes on under new handles and says what it said before. For phases of actor `user`.
   * `effect` is what the old handles are given up for, such as the end of all others: it is done in the same transaction, and answers the
   * result for the client. Awaits nothing but `tx`.
   */
  | { readonly kind: 'renewed'; readonly effect: (tx: DataLayer) => Promise<JsonObject> }
  /** A page or redirect of the phase's own; no callback runs. */
  | { readonly kind: 'reply'; readonly reply: AuthReply };

/** An address of an account, and the public field that holds it, as stored. */
export interface Mailbox {
  readonly field: string;
  readonly address: string;
}

export interface Proof<U> {
  readonly user: U;
  /** RFC 8176 values: `pwd`, `otp`, `hwk`, … */
  readonly methods: readonly [string, ...string[]];
  /** 2 only for a user-verified passkey; a second step is added by the core. */
  readonly factors: 1 | 2;
  /**
   * Control of this address was shown: a link or code was used that went there. It has to be the account's when the sign-in is made.
   * Where an add-on confirms the field, it is confirmed by that; the first time drops every credential that the account had before.
   */
  readonly mailbox?: Mailbox | undefined;
  /** Read together with the user, before the secret was checked: whatever changed a credential since then refuses the proof. */
  readonly subjectEpoch: number;
  /**
   * What the proof changes: a token or flow is used up, a credential is replaced. The first thing in the transaction that makes
   * the sign-in: where that fails nothing has changed, and the same request can be sent again. Awaits nothing but `tx`.
   */
  readonly effect?: ((tx: DataLayer) => Promise<void>) | undefined;
  /** The effect is wanted even where this user may not sign in: an account is made, and waits to be let in. @default false */
  readonly effectStands?: boolean | undefined;
  /** Nobody showed anything now: the browser is known from before. Such a sign-in is never fresh. @default something was shown */
  readonly remembered?: Remembered | undefined;
  /**
   * The session elsewhere that this comes of, by a name that nobody guesses: what ends there ends here
   * (`ctx.accounts.endSignIns(subject, { origin }, tx)`). A sign-in that takes the place of another keeps that of the other. @default none
   */
  readonly origin?: string | undefined;
  /** Impersonation: who acts (RFC 8693 §4.1). */
  readonly actor?: Subject | undefined;
  /** For the bearer token of this sign-in; over those of the resource. None can replace ours. @default none */
  readonly claims?: JsonObject | undefined;
}

/** What a browser is known from. */
export interface Remembered {
  /** When somebody last showed a credential in it: the `authenticatedAt` of the sign-in. */
  readonly since: Date;
  /**
   * The sign-in that a parallel request of this browser has just got by the same. Where it is alive, and nothing was shown in it either,
   * it counts for this request as well, and no other is made. @default there is none
   */
  readonly signInId?: string | undefined;
  /** The sign-in that this browser had before: where that came of, this one comes of as well. @default none */
  readonly before?: string | undefined;
}
