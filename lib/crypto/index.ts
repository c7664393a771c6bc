/** Thin, named wrappers over `node:crypto` that leave the caller no choices. */
export { digest, keyedDigest, safeEqual } from './digest.js';
export { deriveKey } from './derive-key.js';
export { randomToken } from './random.js';
export { open, seal } from './seal.js';
