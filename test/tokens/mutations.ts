import type { KeyObject } from 'node:crypto';

import {
  base64url,
  goodClaims,
  LIFETIME_SECONDS,
  signatureBy,
  signParts,
  signRaw,
  START_SECONDS,
  TYPE,
} from './kit.js';
import type { Random } from './random.js';

/** What forging needs: our keys, and some that are not. */
export interface Forge {
  /** The algorithm of all of them. */
  readonly alg: string;
  readonly kid: string;
  readonly key: KeyObject;
  readonly olderKid: string;
  readonly olderKey: KeyObject;
  readonly foreignKey: KeyObject;
}

/**
 * What becomes of the tokens of a mutation: `both` accept them; `strict`: jose accepts some, and we none; `neither`: jose
 * may accept none either.
 */
export type Verdict = 'both' | 'strict' | 'neither';
export type Mutation = readonly [name: string, verdict: Verdict, make: (forge: Forge, random: Random) => string];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const headerOf = ({ alg, kid }: Forge): Record<string, unknown> => ({ alg, typ: TYPE, kid });
const sign = (forge: Forge, header: object, claims: object) =>
  signRaw(forge.key, JSON.stringify(header), JSON.stringify(claims));
const claimsOf = (random: Random): Record<string, unknown> => {
  const iat = START_SECONDS - random.below(LIFETIME_SECONDS / 2);
  const exp = iat + LIFETIME_SECONDS / 2 + 1 + random.below(LIFETIME_SECONDS / 2);
  const tenant = random.pick(undefined, 'acme');
  return {
    ...goodClaims(),
    sub: `user?id=${random.below(1e9)}`,
    jti: `j${random.below(1e9)}`,
    iat,
    nbf: iat,
    exp,
    tenant,
  };
};
const goodToken = (forge: Forge, random: Random) => sign(forge, headerOf(forge), claimsOf(random));
const withClaims = (change: (random: Random) => object) => (forge: Forge, random: Random) =>
  sign(forge, headerOf(forge), { ...claimsOf(random), ...change(random) });
const withHeader = (change: (random: Random) => object) => (forge: Forge, random: Random) =>
  sign(forge, { ...headerOf(forge), ...change(random) }, claimsOf(random));
const withPayload = (text: (random: Random, json: string) => string | Uint8Array) => (forge: Forge, random: Random) =>
  signRaw(forge.key, JSON.stringify(headerOf(forge)), text(random, JSON.stringify(claimsOf(random))));

/** A right signature over header and payload whose spelling was changed. */
const respelt = (change: (part: string, random: Random) => string) => (forge: Forge, random: Random) => {
  const parts = [base64url(JSON.stringify(headerOf(forge))), base64url(JSON.stringify(claimsOf(random)))];
  const which = random.below(2);
  const [header = '', payload = ''] = parts.map((part, index) => (index === which ? change(part, random) : part));
  return signParts(forge.key, header, payload);
};
const signatureRespelt = (change: (part: string, random: Random) => string) => (forge: Forge, random: Random) => {
  const [header, payload, signature = ''] = goodToken(forge, random).split('.');
  return `${header}.${payload}.${change(signature, random)}`;
};
/** Another character that stands for the same bytes; the same text where there is none. */
const strayBits = (part: string, random: Random) => {
  const spare = [1, 1, 16, 4][part.length % 4] ?? 1;
  const last = ALPHABET.indexOf(part.at(-1) ?? '');
  return part.slice(0, -1) + ALPHABET.charAt(last - (last % spare) + 1 + random.below(Math.max(1, spare - 1)));
};
const paddedJson = (change: (json: string) => string) => (forge: Forge, random: Random) => {
  // Filled up so that the last character has stray bits.
  const fill = 'x'.repeat(random.below(3));
  const json = JSON.stringify({ ...claimsOf(random), fill });
  return signRaw(forge.key, JSON.stringify(headerOf(forge)), change(json));
};

const edit = (random: Random, text: string): string =>
  random.pick(
    () => random.splice(text, 1, ALPHABET.charAt(random.below(64))),
    () => random.splice(text, 1, ''),
    () =>
      random.splice(text, 0, random.pick('.', '=', ' ', '\n', '+', '/', '\0', 'é', ALPHABET.charAt(random.below(64)))),
    () => text.slice(0, random.below(text.length)),
    () => text.slice(1 + random.below(text.length - 1)),
  )();

const expired = { iat: START_SECONDS - 600, nbf: START_SECONDS - 600 };

export const mutations: readonly Mutation[] = [
  ['as issued', 'both', goodToken],
  [
    'of the older secret',
    'both',
    ({ alg, olderKid, olderKey }, random) =>
      signRaw(olderKey, JSON.stringify({ alg, typ: TYPE, kid: olderKid }), JSON.stringify(claimsOf(random))),
  ],
  ['more claims', 'both', withClaims((random) => ({ role: 'a'.repeat(random.below(50)), scope: [1, { a: null }] }))],
  [
    'white space in the JSON',
    'both',
    (forge, random) =>
      signRaw(
        forge.key,
        JSON.stringify(headerOf(forge), null, 1),
        JSON.stringify(claimsOf(random), null, random.below(5)),
      ),
  ],
  [
    'header members in another order',
    'both',
    (forge, random) => sign(forge, Object.fromEntries(Object.entries(headerOf(forge)).toReversed()), claimsOf(random)),
  ],

  ['padding, signed', 'strict', respelt((part, random) => part + '='.repeat(1 + random.below(2)))],
  ['padding in the signature', 'strict', signatureRespelt((part) => part.padEnd(Math.ceil(part.length / 4) * 4, '='))],
  [
    'white space, signed',
    'strict',
    respelt((part, random) => random.splice(part, 0, random.pick(' ', '\n', '\t', '\r'))),
  ],
  ['white space in the signature', 'strict', signatureRespelt((part, random) => random.splice(part, 0, ' '))],
  ['stray bits in the signature', 'strict', signatureRespelt(strayBits)],
  [
    'stray bits in the payload, signed',
    'strict',
    (forge, random) => {
      const [header = '', payload = ''] = paddedJson((json) => (json.length % 3 === 0 ? `${json} ` : json))(
        forge,
        random,
      ).split('.');
      return signParts(forge.key, header, strayBits(payload, random));
    },
  ],
  [
    'plain base64',
    'neither',
    (forge, random) => {
      const payload = base64url(JSON.stringify({ ...claimsOf(random), text: '???>>>~~~' }));
      return signParts(
        forge.key,
        base64url(JSON.stringify(headerOf(forge))),
        payload.replaceAll('_', '/').replaceAll('-', '+'),
      );
    },
  ],
  [
    'a repeated claim',
    'strict',
    withPayload((random, json) =>
      json.replace('{', `{"${random.pick('sub', 'purpose', 'exp', '\\u0073ub')}":${random.pick('1', '"a"', 'null')},`),
    ),
  ],
  [
    'a repeated header member',
    'strict',
    (forge, random) =>
      signRaw(
        forge.key,
        JSON.stringify(headerOf(forge)).replace('{', '{"kid":"other",'),
        JSON.stringify(claimsOf(random)),
      ),
  ],
  [
    'invalid UTF-8',
    'neither',
    withPayload((random, json) =>
      Buffer.from(
        json.replace('{', `{"text":"${random.pick('\xff', '\xc0\xaf', '\xed\xa0\x80', '\xe2\x82')}",`),
        'latin1',
      ),
    ),
  ],
  ['a byte order mark', 'strict', withPayload((_random, json) => `\uFEFF${json}`)],
  [
    'another header member',
    'strict',
    withHeader((random) => ({ [random.pick('jwk', 'jku', 'x5u', 'x5c', 'zip', 'cty', 'x')]: 'a' })),
  ],
  [
    'the type in another spelling',
    'strict',
    withHeader((random) => ({ typ: random.pick('USER+JWT', 'application/user+jwt') })),
  ],
  ['without exp', 'strict', withClaims(() => ({ exp: undefined }))],
  [
    'without a claim of ours',
    'strict',
    withClaims((random) => ({ [random.pick('sub', 'jti', 'iat', 'nbf', 'purpose')]: undefined })),
  ],
  ['a number as sub', 'strict', withClaims((random) => ({ sub: random.below(1e6) }))],
  [
    'a mistyped claim',
    'strict',
    withClaims((random) => ({
      [random.pick('sub', 'jti', 'purpose', 'tenant')]: random.pick<unknown>(null, 1, true, [], {}, ''),
    })),
  ],
  ['several audiences', 'strict', withClaims(() => ({ aud: ['my-app/user', 'my-app/admin'] }))],
  [
    'a lifetime that is too long',
    'strict',
    withClaims((random) => ({ exp: START_SECONDS + LIFETIME_SECONDS + 1 + random.below(1e12) })),
  ],
  [
    'a fraction as time',
    'strict',
    withClaims((random) => ({ [random.pick('iat', 'nbf', 'exp')]: START_SECONDS + 0.5 })),
  ],
  ['issued in the future', 'strict', withClaims(() => ({ iat: START_SECONDS + 60 }))],
  ['another purpose', 'strict', withClaims((random) => ({ purpose: random.pick('password:reset', 'User', 'user ') }))],
  ['bound to a key', 'strict', withClaims(() => ({ cnf: { jkt: 'a' } }))],

  ['expired', 'neither', withClaims((random) => ({ ...expired, exp: START_SECONDS - 5 - random.below(100) }))],
  ['not yet valid', 'neither', withClaims((random) => ({ nbf: START_SECONDS + 6 + random.below(100) }))],
  [
    'another issuer or audience',
    'neither',
    withClaims((random) => ({ [random.pick('iss', 'aud')]: random.pick<unknown>('x', '', null, 1, []) })),
  ],
  [
    'a mistyped time',
    'neither',
    withClaims((random) => ({
      [random.pick('iat', 'nbf', 'exp')]: random.pick<unknown>('1893456000', null, true, []),
    })),
  ],
  [
    'another algorithm',
    'neither',
    (forge, random) => {
      const others = ['HS256', 'ES256', 'EdDSA', 'RS256'].filter((name) => name !== forge.alg);
      const alg = random.pick<unknown>('none', 'hs256', 'HS384', 'ES512', 'PS256', 1, null, undefined, ...others);
      return sign(forge, { ...headerOf(forge), alg }, claimsOf(random));
    },
  ],
  [
    'another type',
    'neither',
    withHeader((random) => ({ typ: random.pick<unknown>('JWT', 'one-time+jwt', '', null, 1, undefined) })),
  ],
  [
    'an unknown key',
    'neither',
    withHeader((random) => ({ kid: random.pick<unknown>('x', '', 'toString', '__proto__', null, 1, [], undefined) })),
  ],
  [
    'crit and b64',
    'neither',
    withHeader((random) => random.pick<object>({ crit: ['x'] }, { crit: ['b64'], b64: false }, { crit: [] })),
  ],
  [
    'a payload that is no object',
    'neither',
    withPayload((random) => random.pick('[]', '"a"', '1', 'null', 'true', '', '{', 'a')),
  ],
  [
    'signed with another key',
    'neither',
    (forge, random) => signRaw(forge.foreignKey, JSON.stringify(headerOf(forge)), JSON.stringify(claimsOf(random))),
  ],
  [
    'signed with the key of another kid',
    'neither',
    (forge, random) => signRaw(forge.olderKey, JSON.stringify(headerOf(forge)), JSON.stringify(claimsOf(random))),
  ],
  [
    'signed with another hash',
    'neither',
    (forge, random) => {
      const input = goodToken(forge, random).split('.').slice(0, 2).join('.');
      const hash = random.pick('sha384', 'sha512', 'sha1');
      // Ed25519 hashes by itself: there it is the key that is another one.
      const key = forge.alg === 'EdDSA' ? forge.foreignKey : forge.key;
      return `${input}.${signatureBy(key, input, hash).toString('base64url')}`;
    },
  ],
  [
    'parts of two tokens',
    'neither',
    (forge, random) => {
      const [one, two] = [
        goodToken(forge, random).split('.'),
        withClaims(() => ({ jti: 'k' }))(forge, random).split('.'),
      ];
      return random.pick([one[0], two[1], one[2]], [two[0], one[1], two[2]]).join('.');
    },
  ],
  [
    'another number of parts',
    'neither',
    (forge, random) => {
      const parts = goodToken(forge, random).split('.');
      return random
        .pick(
          parts.slice(0, 2),
          parts.slice(1),
          [...parts, ''],
          ['', ...parts],
          [...parts, 'a', 'b'],
          [parts[0], '', parts[2]],
          [...parts.slice(0, 2), ''],
          [...parts, ...parts],
        )
        .join('.');
    },
  ],
];

/** Tokens edited at one to three random places: where an edit left the token as it was, it is good. */
export function editedToken(forge: Forge, random: Random): { readonly token: string; readonly original: string } {
  const original = goodToken(forge, random);
  let token = original;
  for (let edits = 1 + random.below(3); edits > 0 && token.length > 1; edits--) token = edit(random, token);
  return { token, original };
}
