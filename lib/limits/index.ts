/** How often something may be tried. */
export { addressKey } from './address-key.js';
export { LimitCounters } from './limit-counters.js';
export type { LimitCountersOptions } from './limit-counters.js';
export { countersModel } from './models.js';
