import { InvalidToken } from '../errors/index.js';
import type { Row } from '../resources/index.js';
import type { JsonObject, TokenAbout, TokenFacts } from '../strategy/index.js';
import { parseSubject, type Claims } from './claims.js';

/** The fields of `tokensModel` that reading and spending need. */
export const TOKEN_FIELDS = ['id', 'subject', 'purpose', 'epoch', 'data', 'issuedAt', 'expiresAt', 'spentAt'] as const;

/** What leads to a row, and must be in it. */
export type TokenName = Pick<Claims, 'jti' | 'sub' | 'aud' | 'purpose'>;

/** A token's row, and whether it was used or voided. */
export interface TokenRow {
  readonly facts: TokenFacts;
  readonly spent: boolean;
}

/** `sub` of a token about nobody, such as a link to register with: it is about the resource. A subject holds a `?`. */
export function subOf(subject: TokenAbout['subject'], audience: string): string {
  return subject ?? audience;
}

/**
 * The row of a verified token. A database may take two spellings for one value, so what it found is compared with what the
 * token says.
 *
 * @throws {InvalidToken} reason `unknown_token` when there is no row, or it is another token's.
 */
export function parseTokenRow(row: Row | null, { jti, sub, aud, purpose }: TokenName): TokenRow {
  const found = findTokenRow(row, jti, purpose);
  if (found === null || subOf(found.facts.subject, aud) !== sub) throw new InvalidToken('unknown_token');
  return found;
}

/** The same without a token: null when there is no row, or it is of another id or purpose. */
export function findTokenRow(row: Row | null, id: string, purpose: string): TokenRow | null {
  if (row === null || row['id'] !== id || row['purpose'] !== purpose) return null;
  const { epoch, data, issuedAt, expiresAt, spentAt } = row;
  if (typeof epoch !== 'number' || !(issuedAt instanceof Date) || !(expiresAt instanceof Date)) {
    throw new TypeError('A row of the tokens table does not have the types of its model');
  }
  const subject = typeof row['subject'] === 'string' ? parseSubject(row['subject']) : null;
  const facts = { id, subject, subjectEpoch: epoch, issuedAt, expiresAt, data: parseData(data) };
  return { facts, spent: spentAt !== null };
}

function parseData(text: unknown): JsonObject {
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : {};
  if (!isObject(value)) throw new TypeError('The data of a token is not an object');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
