export { CurrentContext, CurrentSignIn, CurrentToken, CurrentUser } from './current-user.decorator.js';
export { LoadFromBearer, LoadFromSession } from './load-user.middleware.js';
export { OptionalUser, Public } from './metadata.js';
export { RequireScopes } from './require-scopes.decorator.js';
export { REQUIRED_SCOPES } from './scopes.js';
export { BearerUserGuard, SessionUserGuard, UserGuard } from './user.guard.js';
export type { GuardScope } from './user.guard.js';
