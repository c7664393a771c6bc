import type { DataLayer, Subject } from '../resources/index.js';
import type { Loaded } from './loaded.js';
import type { Operation } from './operation.js';
import type { NewSignIn } from './sign-in-rows.js';

/** How the sign-ins of a resource are kept: in rows, or by whoever holds them. */
export interface SignInKeeper<U> {
  /** In the transaction that makes the sign-in. */
  keep(operation: Operation, subject: Subject, made: NewSignIn, tx: DataLayer): Promise<Kept>;
  /** Ends the one that a step up takes the place of. @returns false where it had ended */
  replace(id: string, subject: Subject, tx: DataLayer): Promise<boolean>;
  /** The session elsewhere that a sign-in came of. Null for none, and where a sign-in has no row. */
  originOf(operation: Operation, id: string, subject: Subject): Promise<string | null>;
  /** @param handle the value of the session cookie @throws {InvalidToken} */
  byHandle(operation: Operation, handle: string): Promise<Loaded<U>>;
  /** @throws {InvalidToken} */
  byToken(operation: Operation, token: string): Promise<Loaded<U>>;
  /** A live sign-in by its id, for what stands for the browser that has it. Nobody where it has no row. */
  byId(operation: Operation, id: string, subject: Subject): Promise<Loaded<U>>;
  /** The live sign-in that the request has a handle of, without asking who may sign in: for ending it. Null where none can end. */
  presented(operation: Operation, by: 'session' | 'bearer'): Promise<{ id: string; subject: Subject } | null>;
}

export interface Kept {
  readonly id: string;
  /** What goes into the session cookie; null for the token itself. */
  readonly handle: string | null;
  /** What the token carries for want of a row. */
  readonly sealed: string | undefined;
}
