export { djangoHashes } from './django.hashes.js';
