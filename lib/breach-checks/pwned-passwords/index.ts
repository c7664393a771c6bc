export { pwnedPasswords } from './pwned-passwords.check.js';
export type { PwnedPasswordsOptions } from './pwned-passwords.options.js';
