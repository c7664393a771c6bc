/** Of a 401 (RFC 9110 §11.6.1), and of a 403 (RFC 6750 §3.1). */
export const CHALLENGE = header('WWW-Authenticate', 'Which credential is asked for.', 'string');

/** Of a 429 and a 503 (RFC 9110 §10.2.3). */
export const RETRY_AFTER = header('Retry-After', 'Seconds until it is worth trying again.', 'integer');

/** What the 503 looks like is up to the app's filters. */
export const UNAVAILABLE = 'Something behind the app did not answer; nobody is signed out.';

type Headers = Record<string, { readonly description: string; readonly schema: { readonly type: string } }>;

function header(name: string, description: string, type: string): Headers {
  return { [name]: { description, schema: { type } } };
}
