/** Thin, named wrappers over `node:crypto` that leave the caller no choices. */
export { base62 } from './base62.js';
export { digest, keyedDigest, safeEqual } from './digest.js';
export { deriveKey } from './derive-key.js';
export { randomKey, randomName, randomToken } from './random.js';
export { open, seal } from './seal.js';
