export {
  AuthError,
  AuthenticationFailed,
  CrossSiteRefused,
  FreshSignInRequired,
  InvalidInput,
  InvalidToken,
  LimitExceeded,
  MethodNotAllowed,
  NoTenant,
  NotFound,
  Overtaken,
  PasswordChangeRequired,
  SecondFactorRequired,
  SignInNotAllowed,
  SignInRequired,
} from './auth-error.js';
export type { FieldProblem, OfferedFactor } from './auth-error.js';
export { ConfigurationInvalid } from './configuration-invalid.js';
export type { Problem } from './configuration-invalid.js';
export { NotNullViolation, TenantRequired, UniqueViolation } from './data-errors.js';
export { Outage, PartFailed, StoreUnavailable, TooBusy } from './outage.js';
