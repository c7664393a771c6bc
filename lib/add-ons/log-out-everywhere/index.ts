export { logOutEverywhere } from './log-out-everywhere.add-on.js';
export type { LogOutEverywhereOptions } from './log-out-everywhere.options.js';
