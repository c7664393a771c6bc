import { isLoopback } from '../../network/index.js';

/** Options of {@link pwnedPasswords}. */
export interface PwnedPasswordsOptions {
  /**
   * What answers ranges of SHA-1 digests: the service, or a mirror of your own. https, or http on loopback; ends in a slash.
   * @default 'https://api.pwnedpasswords.com/range/'
   */
  readonly endpoint?: string | undefined;
}

/** @throws {RangeError} for an endpoint that is none. */
export function resolvePwnedPasswordsOptions({
  endpoint = 'https://api.pwnedpasswords.com/range/',
}: PwnedPasswordsOptions = {}): { readonly endpoint: URL } {
  if (URL.canParse(endpoint) && isUsable(new URL(endpoint))) return Object.freeze({ endpoint: new URL(endpoint) });
  throw new RangeError('pwnedPasswords: endpoint must be an https URL (http on loopback) whose path ends in a slash');
}

function isUsable(url: URL): boolean {
  const { protocol, pathname, search, hash, username, password } = url;
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && isLoopback(url));
  const isBare = [search, hash, username, password].every((part) => part === ''); // fetch takes no URL with a login
  return isPrivate && pathname.endsWith('/') && isBare;
}
