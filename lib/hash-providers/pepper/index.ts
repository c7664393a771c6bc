export { peppered } from './pepper.provider.js';
export type { PepperOptions } from './pepper.options.js';
