export type { BreachCheck } from './breach-check.js';
