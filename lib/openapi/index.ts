export { Auth, NoAuth, OptionalAuth } from './auth.decorator.js';
export type { UserGuardClass } from './auth.decorator.js';
export { openApi } from './open-api.js';
export type { OpenApiOptions, OpenApiResponse } from './open-api.options.js';
export { AuthRefusal } from './refusal.js';
export { addAuthSecurity } from './security.js';
