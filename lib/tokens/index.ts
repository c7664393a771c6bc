/** Tokens: made and checked for one purpose, with keys derived for that purpose. */
export type { JwsAlgorithm, JwsKey, JwsKeys, SigningAlgorithm } from './algorithm.js';
export { RESERVED_CLAIMS } from './claims.js';
export { extraClaims } from './extra-claims.js';
export { Expunger } from './expunger.js';
export type { ExpungerOptions } from './expunger.js';
export { KeyRefresher } from './key-refresher.js';
export type { KeyRefresherOptions, KeysRead, RefreshedKeys } from './key-refresher.js';
export { KeyRing } from './key-ring.js';
export { LruCache } from './lru-cache.js';
export { tokensModel } from './models.js';
export { RoomTokens } from './room-tokens.js';
export type { RoomTokensOptions } from './room-tokens.js';
export { RoomVault } from './room-vault.js';
export type { RoomVaultOptions } from './room-vault.js';
export type { PublicJwk, SigningKeyText } from './signing-key.js';
export { readSigningKeys } from './signing-keys.js';
export type {
  SigningKeys,
  SigningKeysRead,
  SigningKeySource,
  SigningKeyTexts,
  SigningOptions,
} from './signing-keys.js';
export { REMEMBERED_TOKENS, UserTokens } from './user-tokens.js';
export type { NewUserToken, UserTokenFacts, UserTokensOptions } from './user-tokens.js';
