/**
 * Somebody did not get in. Rooms throw it, the runner catches it once, and the plug's `handleFailure` decides the answer.
 *
 * `message` and `code` may be shown to a client; `reason` is for logs and add-ons and is never sent.
 */
export abstract class AuthError extends Error {
  /** Stable and documented: clients may compare it. */
  abstract readonly code: `ERR_${string}`;

  constructor(
    message: string,
    /** Why, as a snake_case word. For logs and add-ons only. */
    readonly reason: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** A credential was not accepted. The message never says why. */
export class AuthenticationFailed extends AuthError {
  readonly code = 'ERR_AUTHENTICATION_FAILED';

  constructor(reason: string) {
    super('Authentication failed', reason);
  }
}

/**
 * A parallel request of the same browser was first. Thrown in the transaction of a sign-in that `AddOn.loadUser` offered; whoever
 * offered is asked once more, and then knows what the other has got.
 */
export class Overtaken extends AuthError {
  readonly code = 'ERR_AUTHENTICATION_FAILED';

  constructor() {
    super('Authentication failed', 'overtaken');
  }
}

/** A one-time token (a link, a code, a hand-over) is unknown, expired, spent or of another purpose. */
export class InvalidToken extends AuthError {
  readonly code = 'ERR_INVALID_TOKEN';

  constructor(reason: string) {
    super('The link or code is invalid or has expired', reason);
  }
}

/** What is wrong with one field, in words that may be shown to whoever typed it. Never quotes the value. */
export interface FieldProblem {
  readonly field: string;
  /** Stable word: `required`, `too_long`, `taken`, ... */
  readonly code: string;
  readonly message: string;
}

/** The input cannot be used as it is. */
export class InvalidInput extends AuthError {
  readonly code = 'ERR_INVALID_INPUT';

  constructor(readonly problems: readonly FieldProblem[]) {
    super('The input is not valid', problems.map(({ field, code }) => `${field}:${code}`).join(' '));
  }

  static of(field: string, code: string, message: string): InvalidInput {
    return new InvalidInput([{ field, code, message }]);
  }
}

/** Nothing is here: an unknown route, resource, strategy or phase, or a thing of somebody else's. */
export class NotFound extends AuthError {
  readonly code = 'ERR_NOT_FOUND';

  constructor(reason = 'not_found') {
    super('Not found', reason);
  }
}

/** The path is known, the method is not. `allow` is the value of the `Allow` header (RFC 9110 §15.5.6). */
export class MethodNotAllowed extends AuthError {
  readonly code = 'ERR_METHOD_NOT_ALLOWED';

  constructor(readonly allow: string) {
    super('Method not allowed', 'method_not_allowed');
  }
}

/** A state-changing request came from another site, or did not say where it came from. */
export class CrossSiteRefused extends AuthError {
  readonly code = 'ERR_CROSS_SITE_REFUSED';

  constructor(
    reason: string,
    /** What was expected and what came: for the log, like `reason`. */
    readonly facts: { readonly expected: string; readonly found: string },
  ) {
    super('The request was refused because it came from another site', reason);
  }
}

/** The phase is for somebody who is signed in. */
export class SignInRequired extends AuthError {
  readonly code = 'ERR_SIGN_IN_REQUIRED';

  constructor(reason = 'no_sign_in') {
    super('Sign in first', reason);
  }
}

/** The resource has tenants, and the request says none that could be one. */
export class NoTenant extends AuthError {
  readonly code = 'ERR_NO_TENANT';

  constructor(reason = 'no_tenant') {
    super('The request does not say which tenant it is for', reason);
  }
}

/** Too many attempts. The same for accounts that exist and that do not. */
export class LimitExceeded extends AuthError {
  readonly code = 'ERR_LIMIT_EXCEEDED';

  constructor(
    /** Whole seconds until it is worth trying again: the value of `Retry-After`. */
    readonly retryAfterSeconds: number,
    reason = 'limit_exceeded',
  ) {
    super('Too many attempts, try again later', reason);
  }
}

/** The account is fine as far as the credential goes, but the resource's `maySignIn` said no. */
export class SignInNotAllowed extends AuthError {
  readonly code = 'ERR_AUTHENTICATION_FAILED';

  constructor(reason: string) {
    super('Authentication failed', reason);
  }
}

/** The password was right, and must be replaced before it signs in again. Nobody is signed in. */
export class PasswordChangeRequired extends AuthError {
  readonly code = 'ERR_PASSWORD_CHANGE_REQUIRED';

  constructor() {
    super('Set a new password first', 'password_must_change');
  }
}
