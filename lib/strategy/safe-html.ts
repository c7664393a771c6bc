/** HTML in which every outside value has been escaped. Made by `pages/` alone. */
export type SafeHtml = string & { readonly __brand: 'SafeHtml' };
