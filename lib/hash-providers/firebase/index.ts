export { firebaseHash, firebaseHashes } from './firebase.hashes.js';
export type { FirebaseUser } from './firebase.hashes.js';
export type { FirebaseOptions } from './firebase.options.js';
