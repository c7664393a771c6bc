export { scrypt } from './scrypt.provider.js';
export type { ScryptOptions } from './scrypt.options.js';
