export { AuthModule } from './auth.module.js';
export type { AsyncOptions, ModuleExtras } from './auth.module.js';
export { AuthService } from './auth.service.js';
export type { CallOptions, Performed, SignInOptions } from './auth.service.js';
export { AUTH_CLOCK, AUTH_LOG, AUTH_SECRETS, DATA_LAYER } from './injection-tokens.js';
export { modelsOf } from './models-of.js';
export { defineOtpApp } from './otp-app.js';
export type { LateOptions, OtpApp, OtpAppOptions } from './otp-app.js';
