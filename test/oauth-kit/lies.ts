import type { ProviderLies } from 'nest-auth-plug/testing';

/** What it says, and how. */
export type Lie = readonly [said: string, lies: ProviderLies];

const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000);
/** Where the clock of a test stands. */
const NOW = seconds('2026-01-01T00:00:00Z');

/** What a provider of OpenID Connect can say wrong to whoever comes back: each is refused, one at a time. */
export const TOKEN_LIES: readonly Lie[] = [
  ['[RFC 9700 §2.1] [ASVS 10.1.2] a state of somebody else', { callback: { state: 'x'.repeat(43) } }],
  ['[RFC 9700 §2.1] no state', { callback: { state: undefined } }],
  ['[RFC 9207 §2.4] [ASVS 10.2.2] an answer of another issuer', { callback: { iss: 'https://evil.example' } }],
  ['[RFC 9207 §2.4] no issuer, though it promised one', { callback: { iss: undefined } }],
  ['[RFC 9700 §4.10] a refusal', { callback: { error: 'access_denied', code: undefined } }],
  ['[RFC 9700 §4.10] a refusal that is markup', { callback: { error: '<script>alert(1)</script>', code: undefined } }],
  ['no code', { callback: { code: undefined } }],
  ['a code that it does not know', { callback: { code: 'made up' } }],
  ['no ID token', { tokens: { id_token: undefined } }],
  ['an ID token that is none', { tokens: { id_token: 'a.b.c' } }],
  ['an encrypted one', { tokens: { id_token: 'a.b.c.d.e' } }],
  ['an access token of an unknown type', { tokens: { token_type: 'mac' } }],
  ['[OIDC §3.1.3.7] another issuer in it', { idTokenClaims: { iss: 'https://evil.example' } }],
  ['[OIDC §3.1.3.7] its issuer with a slash', { idTokenClaims: { iss: 'http://127.0.0.1/' } }],
  ['[OIDC §3.1.3.7] [ASVS 10.3.1] another audience', { idTokenClaims: { aud: 'another-app' } }],
  ['[OIDC §3.1.3.7] [ASVS 10.5.4] another audience beside the app', { idTokenClaims: { aud: ['test-client', 'x'] } }],
  [
    '[OIDC §3.1.3.7] [ASVS 10.5.4] another audience beside the app, and the app as its party',
    { idTokenClaims: { aud: ['test-client', 'x'], azp: 'test-client' } },
  ],
  ['[OIDC §3.1.3.7] another party that it was made for', { idTokenClaims: { azp: 'another-app' } }],
  ['an audience of another type', { idTokenClaims: { aud: { app: 'test-client' } } }],
  ['[ASVS 9.2.1] [OIDC §3.1.3.7] an end that is over', { idTokenClaims: { exp: NOW - 6 } }],
  ['[ASVS 9.2.1] no end', { idTokenClaims: { exp: undefined } }],
  ['[RFC 8725 §3.7] an end that is a text', { idTokenClaims: { exp: String(NOW + 60) } }],
  ['[OIDC §3.1.3.7] a making in the future', { idTokenClaims: { iat: NOW + 60 } }],
  ['[OIDC §3.1.3.7] a making long ago', { idTokenClaims: { iat: NOW - 3600 } }],
  ['no making', { idTokenClaims: { iat: undefined } }],
  ['not yet valid', { idTokenClaims: { nbf: NOW + 60 } }],
  ['[ASVS 10.5.1] another nonce', { idTokenClaims: { nonce: 'of somebody else' } }],
  ['[ASVS 10.5.1] no nonce', { idTokenClaims: { nonce: undefined } }],
  ['[OIDC §2] no subject', { idTokenClaims: { sub: undefined } }],
  ['[OIDC §2] an empty subject', { idTokenClaims: { sub: '' }, userInfo: { sub: '' } }],
  ['[OIDC §2] a subject that is a number', { idTokenClaims: { sub: 1815 }, userInfo: { sub: 1815 } }],
  [
    '[OIDC §2] a subject that is too long',
    { idTokenClaims: { sub: 'x'.repeat(256) }, userInfo: { sub: 'x'.repeat(256) } },
  ],
  ['a subject with a control character', { idTokenClaims: { sub: 'ada\u0000' }, userInfo: { sub: 'ada\u0000' } }],
  ['[OIDC §3.1.3.8] the hash of another access token', { idTokenClaims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }],
  ['[OIDC §3.3.2.11] the hash of another code', { idTokenClaims: { c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }],
  ['a hash that is a number', { idTokenClaims: { at_hash: 1 } }],
  ['[ASVS 9.1.2] [RFC 8725 §3.2] nobody who signs', { signedBy: 'nobody' }],
  [
    '[ASVS 9.1.2] nobody who signs, and the name of an algorithm',
    { signedBy: 'nobody', idTokenHeader: { alg: 'RS256' } },
  ],
  ['[ASVS 9.1.2] [RFC 8725 §3.1] the public key as a secret', { signedBy: 'public-key-as-secret' }],
  ['[ASVS 9.1.2] the secret of the app as a key', { signedBy: 'client-secret' }],
  ['[ASVS 9.1.1] the key of a stranger', { signedBy: 'another-key' }],
  ['[ASVS 9.1.3] an algorithm that nobody allowed', { idTokenHeader: { alg: 'PS256' } }],
  ['[ASVS 9.1.3] a key in its header', { signedBy: 'another-key', idTokenHeader: { jwk: {}, kid: undefined } }],
  ['[ASVS 9.1.3] something critical', { idTokenHeader: { crit: ['exp'], exp: 1 } }],
  ['[ASVS 9.1.3] the name of a key that is not there', { idTokenHeader: { kid: 'unknown' } }],
  ['no keys', { keys: [] }],
  ['[OIDC §5.3.2] user-info of somebody else', { userInfo: { sub: 'somebody-else' } }],
  ['[OIDC §5.3.2] user-info of nobody', { userInfo: { sub: undefined } }],
  ['an address that is a list', { idTokenClaims: { email: ['ada@example.com'] } }],
  ['an address that is none', { idTokenClaims: { email: 'ada' } }],
];

/** What it can say wrong of itself: nobody is sent there. */
export const METADATA_LIES: readonly Lie[] = [
  ['[RFC 8414 §3.3] [ASVS 10.5.3] metadata of another issuer', { metadata: { issuer: 'https://evil.example' } }],
  ['[ASVS 12.3.1] a place for tokens without TLS', { metadata: { token_endpoint: 'http://10.0.0.1/token' } }],
  ['[ASVS 12.3.1] a place to go that is a script', { metadata: { authorization_endpoint: 'javascript:alert(1)' } }],
  ['no place for keys', { metadata: { jwks_uri: undefined } }],
  ['metadata that is a list', { answers: { discovery: { body: '[]' } } }],
  ['metadata that is no JSON', { answers: { discovery: { body: '{' } } }],
];

/** A lie of a provider that is in some ways unlike the others already. */
export function liesOver(nature: ProviderLies, lies: ProviderLies): ProviderLies {
  return {
    ...nature,
    ...lies,
    metadata: { ...nature.metadata, ...lies.metadata },
    callback: { ...nature.callback, ...lies.callback },
  };
}
