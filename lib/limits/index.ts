/** How often something may be tried. */
export { LimitCounters } from './limit-counters.js';
export type { LimitCountersOptions } from './limit-counters.js';
export { countersModel } from './models.js';
