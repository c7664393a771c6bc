export { bcrypt } from './bcrypt.provider.js';
export { bcryptHashes } from './bcrypt.hashes.js';
export type { BcryptOptions } from './bcrypt.options.js';
