/** Texts that open doors: how they are kept out of sight, where they come from, and which are too weak. */
export { checkSecrets } from './check-secrets.js';
export { readSecrets } from './read-secrets.js';
export type { SecretSource, SecretTexts } from './read-secrets.js';
export { Secret } from './secret.js';
