type Presented =
  { readonly kind: 'absent' } | { readonly kind: 'malformed' } | { readonly kind: 'token'; readonly token: string };

const SCHEME = /^bearer(?: |$)/i;
/** RFC 6750 §2.1: the scheme in any case (RFC 9110 §11.1), one space, a b64token. */
const CREDENTIALS = /^bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * The bearer token of a request. Other schemes are none of our business; two `Authorization` headers are malformed, for
 * nobody can say which one counts.
 */
export function bearerToken(authorization: readonly string[]): Presented {
  const [value, ...more] = authorization;
  if (value === undefined) return { kind: 'absent' };
  if (more.length > 0) return { kind: 'malformed' };
  if (!SCHEME.test(value)) return { kind: 'absent' };
  const token = CREDENTIALS.exec(value)?.[1];
  return token === undefined ? { kind: 'malformed' } : { kind: 'token', token };
}
