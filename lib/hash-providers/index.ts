export type { HashProvider, HashVerifier } from './hash-provider.js';
export { HashQueue } from './hash-queue.js';
export type { HashQueueOptions } from './hash-queue.js';
