export {
  AuthError,
  AuthenticationFailed,
  CrossSiteRefused,
  InvalidInput,
  InvalidToken,
  LimitExceeded,
  MethodNotAllowed,
  NoTenant,
  NotFound,
  Overtaken,
  PasswordChangeRequired,
  SignInNotAllowed,
  SignInRequired,
} from './auth-error.js';
export type { FieldProblem } from './auth-error.js';
export { ConfigurationInvalid } from './configuration-invalid.js';
export type { Problem } from './configuration-invalid.js';
export { FactorNotShown, FreshSignInRequired, LastFactor, LastWayIn, SecondFactorRequired } from './factor-errors.js';
export type { OfferedFactor, OfferedPhase } from './factor-errors.js';
export { NotNullViolation, TenantRequired, UniqueViolation } from './data-errors.js';
export { Outage, PartFailed, StoreUnavailable, TooBusy } from './outage.js';
