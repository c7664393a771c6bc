import type { SessionActivity } from '../activities/index.js';
import type {
  AuthenticationFailed,
  CrossSiteRefused,
  FreshSignInRequired,
  InvalidInput,
  InvalidToken,
  LastFactor,
  LastWayIn,
  LimitExceeded,
  MethodNotAllowed,
  NoTenant,
  NotFound,
  PasswordChangeRequired,
  SecondFactorRequired,
  SignInNotAllowed,
  SignInRequired,
} from '../errors/index.js';
import type { ActivityIn, ReasonIn } from '../strategy/index.js';

/**
 * Every activity that can reach the callbacks of an app's plug, `[null, null]` included: `ActivityOf<typeof otpApp>`. A switch
 * over it that forgets one does not compile where the app's resources are made by `defineResource<User>()({ … })`.
 */
export type ActivityOf<App> = ActivityIn<App> | SessionActivity | readonly [strategy: null, phase: null];

/** Every refusal that can reach `handleFailure`, by its `code`: `ReasonOf<typeof otpApp>`. */
export type ReasonOf<App> = CoreReason | ReasonIn<App>;

type CoreReason =
  | AuthenticationFailed
  | CrossSiteRefused
  | FreshSignInRequired
  | InvalidInput
  | InvalidToken
  | LastFactor
  | LastWayIn
  | LimitExceeded
  | MethodNotAllowed
  | NoTenant
  | NotFound
  | PasswordChangeRequired
  | SecondFactorRequired
  | SignInNotAllowed
  | SignInRequired;
