/** HTML that works without JavaScript, for the pages of rooms and of small apps. */
export { field, form, hidden } from './form.js';
export type { Autocomplete, FieldOptions, FormOptions } from './form.js';
export { html } from './html.js';
export type { Html, HtmlValue } from './html.js';
export { page, pageHeaders } from './page.js';
export type { PageOptions } from './page.js';
