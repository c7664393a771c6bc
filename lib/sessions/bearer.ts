type Presented =
  { readonly kind: 'absent' } | { readonly kind: 'malformed' } | { readonly kind: 'token'; readonly token: string };

/** In any case (RFC 9110 §11.1). */
const SCHEME = /^bearer(?: |$)/i;
const BEFORE_TOKEN = 'bearer '.length;
/** RFC 6750 §2.1: a b64token, after one space. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * The bearer token of a request. Other schemes are none of our business; two `Authorization` headers are malformed, for
 * nobody can say which one counts.
 */
export function bearerToken(authorization: readonly string[]): Presented {
  const [value, ...more] = authorization;
  if (value === undefined) return { kind: 'absent' };
  if (more.length > 0) return { kind: 'malformed' };
  if (!SCHEME.test(value)) return { kind: 'absent' };
  const token = value.slice(BEFORE_TOKEN);
  return TOKEN.test(token) ? { kind: 'token', token } : { kind: 'malformed' };
}
