import type { ConnectionOptions, SslOptions } from 'mysql2';
import { unusable } from '../sql.options.js';

const FORM = 'write `mariadb://user:password@host:3306/database`, percent-encoded';
const SSL = 'write `?ssl=true`, or percent-encoded JSON: `?ssl={"ca":"-----BEGIN CERTIFICATE-----…"}`';

/**
 * Where a URL leads. What else mysql2 would read from it could undo what the adapter relies on.
 *
 * @throws {ConfigurationInvalid}
 */
export function connectionOf(text: string): ConnectionOptions {
  if (!URL.canParse(text)) throw unusable('url', 'it cannot be parsed', FORM);
  const url = new URL(text);
  const [host = '', user = '', password = '', database = ''] = decoded([
    url.hostname.replaceAll(/^\[|\]$/g, ''),
    url.username,
    url.password,
    url.pathname.slice(1),
  ]);
  if (database === '') throw unusable('url', 'it names no database', FORM);
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'ssl');
  if (unknown !== undefined) throw unusable('url', 'it has a parameter other than `ssl`', SSL);
  const ssl = sslOf(url.searchParams.get('ssl'));
  const port = url.port === '' ? 3306 : Number(url.port);
  return { host: host || 'localhost', port, user, password, database, ...(ssl && { ssl }) };
}

function decoded(parts: readonly string[]): readonly string[] {
  try {
    return parts.map(decodeURIComponent);
  } catch {
    throw unusable('url', 'it cannot be parsed', FORM);
  }
}

// Without its name a certificate of anybody would do.
function sslOf(text: string | null): SslOptions | null {
  if (text === null) return null;
  try {
    const given: unknown = JSON.parse(text);
    if (given === true) return { verifyIdentity: true };
    if (typeof given === 'object' && given !== null) return { verifyIdentity: true, ...given };
  } catch {
    // falls through to the one line below
  }
  throw unusable('url', 'its `ssl` is neither true nor JSON', SSL);
}
