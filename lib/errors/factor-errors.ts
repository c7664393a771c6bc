import { AuthError } from './auth-error.js';

/** A phase that somebody may go on with. */
export interface OfferedPhase {
  readonly strategy: string;
  readonly phase: string;
}

/** A second factor that would complete the sign-in. */
export interface OfferedFactor extends OfferedPhase {
  readonly label: string;
  /**
   * It stands in for another factor, as recovery codes do: by itself it asks nobody for a second step, and is no factor where one is
   * required. @default it is one of its own
   */
  readonly backup?: true | undefined;
}

/** The first step was right; a second one is still asked for. Nobody is signed in. */
export class SecondFactorRequired extends AuthError {
  readonly code = 'ERR_SECOND_FACTOR_REQUIRED';

  constructor(
    readonly factors: readonly OfferedFactor[],
    /** Opaque. Clients without cookies send it back as the field `flow`. */
    readonly flow: string,
    /** Where one is required and none enrolled: what enrols one, in place of `factors`. */
    readonly enrolments: readonly OfferedPhase[] = [],
  ) {
    super('A second factor is required', 'second_factor_required');
  }
}

/** The phase is for somebody who signed in a short while ago, and as themselves. */
export class FreshSignInRequired extends AuthError {
  readonly code = 'ERR_FRESH_SIGN_IN_REQUIRED';

  constructor(
    /** The phases by which this user can show something once more. Empty where there is nothing but to sign in again. */
    readonly activities: readonly OfferedPhase[] = [],
    reason = 'sign_in_too_old',
  ) {
    super('Sign in again to do this', reason);
  }
}

/** What was shown last was no second factor. The runner finds out by what this user can show one. */
export class FactorNotShown extends FreshSignInRequired {
  constructor(activities: readonly OfferedPhase[] = []) {
    super(activities, 'factor_not_shown');
  }
}

/** It cannot be taken away: nothing else lets this user in. */
export class LastWayIn extends AuthError {
  readonly code = 'ERR_LAST_WAY_IN';

  constructor() {
    super('This is the only way into the account', 'last_way_in');
  }
}

/** It cannot be taken away: a second factor is required of this user, and there is no other. */
export class LastFactor extends AuthError {
  readonly code = 'ERR_LAST_FACTOR';

  constructor() {
    super('A second factor is required, and this is the only one', 'last_factor');
  }
}
