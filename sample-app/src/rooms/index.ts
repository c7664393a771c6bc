// A line for each room, and nothing else: `auth/rooms.ts` takes whatever is exported here.
export { apiKeyRoom } from './api-key/index.js';
export { confirmationRoom } from './confirmation/index.js';
export { dynamicOidcRoom } from './dynamic-oidc/index.js';
export { logOutEverywhereRoom } from './log-out-everywhere.js';
export { magicLinkRoom } from './magic-link/index.js';
export { newDeviceNoticeRoom } from './new-device-notice.js';
export { oauth2Room } from './oauth2/index.js';
export { otpRoom } from './otp/index.js';
export { passwordRoom } from './password/index.js';
export { recoveryCodeRoom } from './recovery-code/index.js';
export { rememberMeRoom } from './remember-me.js';
export { totpRoom } from './totp/index.js';
export { trustedDeviceRoom } from './trusted-device.js';
export { webauthnRoom } from './webauthn/index.js';
