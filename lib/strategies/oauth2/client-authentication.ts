import { createPrivateKey } from 'node:crypto';
import { importPKCS8 } from 'jose';
import type { ClientAuth } from 'oauth4webapi';
import { Secret } from '../../secrets/index.js';
import { configured, type Asker, type Configured } from '../../strategy/index.js';
import type { OAuth } from './oauth.library.js';

/** The key of `private_key_jwt`. Its public half is registered at the provider. */
export interface ClientKey {
  /** PEM of PKCS #8. */
  readonly pem: string | Secret;
  /** JWS algorithm: `ES256`, `RS256`, `PS256`, `EdDSA`, … */
  readonly algorithm: string;
  /** The provider's name for the key. @default none */
  readonly keyId?: string | undefined;
}

export const CLIENT_AUTHENTICATIONS = ['none', 'basic', 'post', 'client_secret_jwt', 'private_key_jwt'] as const;

/** RFC 6749 §2.3, RFC 7523 §2.2. */
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATIONS)[number];

/** How the app shows the provider who it is. */
export interface ClientSettings {
  readonly clientAuthentication: ClientAuthentication;
  readonly clientSecret: Configured<string | Secret> | undefined;
  readonly privateKey: Configured<ClientKey> | undefined;
}

/** What the settings come to for one request. */
export async function clientAuthenticationOf(
  oauth: OAuth,
  { clientAuthentication, clientSecret, privateKey }: ClientSettings,
  asker: Asker,
): Promise<ClientAuth> {
  if (clientAuthentication === 'none') return oauth.None();
  if (clientAuthentication === 'private_key_jwt') return privateKeyJwt(oauth, await configured(privateKey, asker));
  const secret = textOf(await configured(clientSecret, asker));
  switch (clientAuthentication) {
    case 'basic':
      return oauth.ClientSecretBasic(secret);
    case 'post':
      return oauth.ClientSecretPost(secret);
    case 'client_secret_jwt':
      return oauth.ClientSecretJwt(secret);
  }
}

async function privateKeyJwt(oauth: OAuth, { pem, algorithm, keyId }: ClientKey): Promise<ClientAuth> {
  const key = await importPKCS8(pemOf(textOf(pem)), algorithm);
  return oauth.PrivateKeyJwt(keyId === undefined ? { key } : { key, kid: keyId });
}

/** As PKCS #8, whatever form the file had. */
function pemOf(text: string): string {
  return createPrivateKey(text).export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Whether somebody could sign with it. */
export function isPrivateKey(pem: string | Secret): boolean {
  try {
    createPrivateKey(textOf(pem));
    return true;
  } catch {
    return false;
  }
}

function textOf(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}
