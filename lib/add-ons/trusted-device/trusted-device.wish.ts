import { flag, type AuthContext } from '../../strategy/index.js';

/** The input that asks for it, with the second factor or with the first step. */
export const WISH = 'trustDevice';

const field = flag();

/** @throws {InvalidInput} for what is neither yes nor no */
export function isWished({ [WISH]: wish }: AuthContext['carried']): boolean {
  return field.parse(WISH, wish);
}
