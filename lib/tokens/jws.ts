import { InvalidToken } from '../errors/index.js';
import type { JsonObject } from '../strategy/index.js';
import type { JwsKey, JwsKeys } from './algorithm.js';
import { parseStrictJson } from './strict-json.js';

/** A longer token is refused before anything of it is looked at. */
export const MAX_TOKEN_CHARS = 8 * 1024;
/** The header is read before the signature is known to be right, so it is kept small. */
const MAX_HEADER_CHARS = 512;
/** Of ours there is one for each key and kind. More spellings are not remembered. */
const MAX_KNOWN_HEADERS = 16;
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);

/**
 * Signs a payload as a compact JWS.
 *
 * @param typ What kind of token it is, RFC 8725 §3.11.
 * @returns Three base64url parts, at most {@link MAX_TOKEN_CHARS} long.
 * @throws {RangeError} when the payload makes it longer.
 * @see RFC 7515 §5.1
 */
export function signJws({ kid, algorithm, key }: JwsKey, typ: string, payload: JsonObject): string {
  const input = `${encode({ alg: algorithm.name, typ, kid })}.${encode(payload)}`;
  const token = `${input}.${algorithm.sign(key, input).toString('base64url')}`;
  if (token.length > MAX_TOKEN_CHARS) throw new RangeError(`A token can be ${MAX_TOKEN_CHARS} characters long at most`);
  return token;
}

/**
 * The payload of a compact JWS that one of these keys signed. Only one spelling of a token is accepted: the one that
 * RFC 7515 §2 defines, without padding, white space, stray bits or repeated names. Says nothing about the claims.
 *
 * @param typ The kind that is asked for; another one, or none, is refused.
 * @throws {InvalidToken} reason `too_long`, `malformed`, `bad_header`, `wrong_algorithm`, `wrong_type`, `unknown_key`,
 *   `bad_signature` or `bad_payload`.
 * @see RFC 7515 §5.2, RFC 8725 §3.1 to §3.3
 */
export function verifyJws(keys: JwsKeys, typ: string, token: string): JsonObject {
  refuseTooLong(token);
  const [header, payload, signature, ...rest] = token.split('.');
  if (!header || !payload || !signature || rest.length > 0) throw new InvalidToken('malformed');
  const payloadBytes = decode(payload);
  const signatureBytes = decode(signature);

  const known = knownHeaders(keys, typ);
  const signer = known.get(header) ?? keyFor(keys, typ, header);
  const { algorithm, key } = signer;
  if (!algorithm.verify(key, `${header}.${payload}`, signatureBytes)) throw new InvalidToken('bad_signature');
  if (known.size < MAX_KNOWN_HEADERS) known.set(header, signer);

  const claims = parseStrictJson(payloadBytes);
  if (claims === null) throw new InvalidToken('bad_payload');
  return claims;
}

/** @throws {InvalidToken} reason `too_long`. Comes before any work that grows with the token. */
export function refuseTooLong(token: string): void {
  if (token.length > MAX_TOKEN_CHARS) throw new InvalidToken('too_long');
}

/** Headers that a right signature went with, by kind of token, for as long as the keys are these: they need not be parsed again. */
const headers = new WeakMap<JwsKeys, Map<string, Map<string, JwsKey>>>();

function knownHeaders(keys: JwsKeys, typ: string): Map<string, JwsKey> {
  const ofKeys = headers.get(keys) ?? new Map<string, Map<string, JwsKey>>();
  const ofKind = ofKeys.get(typ) ?? new Map<string, JwsKey>();
  if (ofKind.size === 0) headers.set(keys, ofKeys.set(typ, ofKind));
  return ofKind;
}

/** The header chooses among our keys by name, and must agree with everything else that the key says. */
function keyFor({ signing, byKid }: JwsKeys, typ: string, segment: string): JwsKey {
  const header = segment.length > MAX_HEADER_CHARS ? null : parseStrictJson(decode(segment));
  // With `crit`, `b64` or `zip` a signature means something else; `jwk`, `jku`, `x5u` and `x5c` bring keys along.
  if (header === null || !Object.keys(header).every((name) => HEADER_MEMBERS.has(name))) {
    throw new InvalidToken('bad_header');
  }
  const { kid } = header;
  const key = kid === undefined && byKid.size === 1 ? signing : typeof kid === 'string' ? byKid.get(kid) : undefined;
  if (key === undefined) throw new InvalidToken('unknown_key');
  if (header['alg'] !== key.algorithm.name) throw new InvalidToken('wrong_algorithm');
  if (header['typ'] !== typ) throw new InvalidToken('wrong_type');
  return key;
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Node's decoder skips what does not belong; encoding again and comparing leaves one spelling (RFC 4648 §3.5). */
function decode(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.toString('base64url') !== segment) throw new InvalidToken('malformed');
  return bytes;
}
