export { rememberMe } from './remember-me.add-on.js';
export type { RememberMeOptions } from './remember-me.options.js';
