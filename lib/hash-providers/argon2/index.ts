export { argon2id } from './argon2.provider.js';
export type { Argon2idOptions } from './argon2.options.js';
