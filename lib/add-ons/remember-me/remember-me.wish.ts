import { flag, type AuthContext } from '../../strategy/index.js';

/** The input that asks for it, with whatever signs in. Kept through second factors and redirects. */
export const WISH = 'rememberMe';

const field = flag();

/** @throws {InvalidInput} for what is neither yes nor no */
export function isWished({ [WISH]: wish }: AuthContext['carried']): boolean {
  return field.parse(WISH, wish);
}
