export { deviseHashes } from './devise.hashes.js';
export type { DeviseOptions } from './devise.hashes.js';
