/** Whether it is one scope, as RFC 6749 §3.3 spells it: printable ASCII without space, quotation mark and backslash. */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(text);
}
