export { enhanceForms } from './forms.js';
export { PasskeyRefused, Passkeys } from './passkeys.js';
export type { PasskeyAnswer, PasskeyFields } from './passkeys.js';
