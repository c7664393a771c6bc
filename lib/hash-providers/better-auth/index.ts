export { betterAuthHashes } from './better-auth.hashes.js';
