export { AuthPlug } from './auth-plug.js';
export { fallbackController } from './fallback.js';
export type { Platform } from './fallback.js';
export { generateController } from './generate-controller.js';
export type { RunningPlug } from './generate-controller.js';
export { JWKS_PATH } from './jwks-route.js';
export { JsonAuthPlug } from './json-auth-plug.js';
export { Mount } from './mount.js';
export { PlugRuntime, RUNTIME } from './plug-runtime.js';
