import { CookieJar, Operation } from '../../lib/sessions/index.js';

/** An operation as a request with these headers makes it; several values of one name are several headers. */
export function operationWith(headers: Readonly<Record<string, string | readonly string[]>> = {}): Operation {
  const get = (name: string): readonly string[] => [headers[name] ?? []].flat();
  return new Operation({
    transport: 'http',
    client: () => ({ address: '192.0.2.1', userAgent: null, claimedHost: null }),
    headers: { get },
    cookies: new CookieJar(get('cookie'), true),
    native: null,
    onAnswered: (start) => void setImmediate(start),
  });
}
