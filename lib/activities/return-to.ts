/** It has to fit into the cookie of a flow, sealed. */
const MAX_LENGTH = 1024;

/**
 * Where to go afterwards, if that is a place in this app: a root-relative path, parsed by the one WHATWG parser and written
 * anew. Null for anything else, so that no link of ours ever leads to another site.
 *
 * @param publicUrl the app's own address
 */
export function safeReturnTo(typed: string, publicUrl: URL): string | null {
  // Backslashes, and tabs or line ends that parsers drop, would make `/\evil` or `/<TAB>/evil` another host.
  if (!/^\/(?![/\\])/.test(typed) || /[\\\p{Cc}]/u.test(typed)) return null;
  const base = publicUrl.origin;
  if (!URL.canParse(typed, base)) return null;
  const url = new URL(typed, base);
  const path = `${url.pathname}${url.search}${url.hash}`;
  const encodedHost = /^\/(%2f|%5c)/i.test(path);
  const isPath = url.origin === base && !path.startsWith('//') && !encodedHost;
  return isPath && path.length <= MAX_LENGTH ? path : null; // as it is sent: what is not ASCII is longer by then
}
