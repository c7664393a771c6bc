import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';

const METHODS = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'] as const;

export type ClientMethod = (typeof METHODS)[number];

export interface TestClient {
  /** The name of its method. */
  readonly id: ClientMethod;
  readonly secret: string;
  readonly privateKey: KeyObject;
  readonly keyId: string;
}

export type TestClients = Readonly<Record<ClientMethod, TestClient>>;

export function testClients(): TestClients {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const client = (id: ClientMethod): TestClient => ({
    id,
    // With what a form spells in another way (RFC 6749 §2.3.1).
    secret: `${randomBytes(32).toString('base64url')} +%:&`,
    privateKey,
    keyId: 'client-key',
  });
  return {
    client_secret_basic: client('client_secret_basic'),
    client_secret_post: client('client_secret_post'),
    client_secret_jwt: client('client_secret_jwt'),
    private_key_jwt: client('private_key_jwt'),
    none: client('none'),
  };
}

/** Where the server reads the public keys of its client of `private_key_jwt`, below its issuer. */
export const CLIENT_KEYS = '/client-keys';

export function publicKeys({ private_key_jwt: { privateKey, keyId } }: TestClients): object {
  const { d: _, ...publicKey } = privateKey.export({ format: 'jwk' });
  return { keys: [{ ...publicKey, kid: keyId, use: 'sig', alg: 'ES256' }] };
}

/** What the server is told of them. */
export function clientMetadata(
  issuer: string,
  clients: TestClients,
  {
    appUrl,
    callbackPaths,
    backChannelLogoutUrl,
  }: { appUrl: string; callbackPaths: readonly string[]; backChannelLogoutUrl?: string | undefined },
): ClientMetadata[] {
  return METHODS.map((method) => {
    const { id, secret } = clients[method];
    return {
      client_id: id,
      client_name: 'The app',
      token_endpoint_auth_method: method,
      redirect_uris: callbackPaths.map((path) => `${appUrl}${path}`),
      post_logout_redirect_uris: [`${appUrl}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      ...(method.startsWith('client_secret') && { client_secret: secret }),
      ...(method === 'private_key_jwt' && { jwks_uri: issuer + CLIENT_KEYS }),
      ...(backChannelLogoutUrl && {
        backchannel_logout_uri: backChannelLogoutUrl,
        backchannel_logout_session_required: true,
      }),
    };
  });
}

/** What our options call the ways of a client to show who it is. */
export const AUTHENTICATION_BY = {
  client_secret_basic: 'basic',
  client_secret_post: 'post',
  client_secret_jwt: 'client_secret_jwt',
  private_key_jwt: 'private_key_jwt',
  none: 'none',
} as const satisfies Readonly<Record<ClientMethod, string>>;
