import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { jest } from '@jest/globals';
import type { Configuration } from 'oidc-provider';
import { CLIENT_KEYS, clientMetadata, publicKeys, testClients, type TestClients } from './clients.js';
import { interact, type Interaction } from './interaction.js';

export interface OpenIdServerOptions {
  /** The app's `publicUrl`. */
  readonly appUrl: string;
  /** Where the app is called back: `/auth/user/oidc/callback`. */
  readonly callbackPaths: readonly string[];
  /** Where the app takes logout tokens, on the port that it really listens on. @default nowhere */
  readonly backChannelLogoutUrl?: string | undefined;
  /** `automatic` signs {@link OpenIdServer.account} in and agrees, `pages` asks a person. @default 'automatic' */
  readonly interaction?: Interaction | undefined;
}

/** A certified OpenID provider (`oidc-provider`) on loopback. It looks at the real time. */
export interface OpenIdServer {
  readonly issuer: string;
  /** One for each way that a client can show who it is. */
  readonly clients: TestClients;
  /** Who signs in next where nobody is asked: subject, and the part of the address before `@example.com`. */
  account: string;
  /** What went wrong in it. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export async function openIdServer(options: OpenIdServerOptions): Promise<OpenIdServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${portOf(server)}`;
  const clients = testClients();
  jest.spyOn(console, 'warn').mockReturnValue(); // it warns of each thing that a test does with it
  if (!('parse' in URL)) Object.assign(URL, { parse: parsed }); // Node 20 has none, and the library calls it
  const { Provider } = await import('oidc-provider');
  const provider = new Provider(issuer, configurationOf(issuer, options, clients));
  const errors: string[] = [];
  const note = (_context: unknown, error: Error) => void errors.push(String(error));
  provider
    .on('server_error', note)
    .on('authorization.error', note)
    .on('grant.error', note)
    .on('backchannel.error', note);
  const running = { issuer, clients, account: 'ada', errors, close: () => closed(server) };
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url === CLIENT_KEYS) {
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(publicKeys(clients)));
    }
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    const interaction = options.interaction ?? 'automatic';
    void interact(provider, { request, response }, interaction, running.account).catch((error: unknown) => {
      errors.push(String(error));
      response.writeHead(500).end();
    });
  });
  return running;
}

function parsed(url: string, base?: string): URL | null {
  return URL.canParse(url, base) ? new URL(url, base) : null;
}

function configurationOf(issuer: string, options: OpenIdServerOptions, clients: TestClients): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    clients: clientMetadata(issuer, clients, options),
    cookies: { keys: ['only for tests'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'server-key', use: 'sig', alg: 'RS256' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    scopes: ['openid', 'offline_access', 'email', 'profile'],
    acrValues: ['urn:test:strong'],
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: showLogout },
    },
    pkce: { required: () => true },
    fetch: (url, init) => fetch(url, withoutDispatcher(init)),
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    renderError(context, out) {
      context.type = 'json';
      context.body = out;
    },
  };
}

/** The library's own would refuse to call an app on loopback. */
function withoutDispatcher(init: RequestInit = {}): RequestInit {
  const own = { ...init };
  Reflect.deleteProperty(own, 'dispatcher');
  return own;
}

function claimsOf(sub: string) {
  return { sub, email: `${sub}@example.com`, email_verified: true, name: sub.toUpperCase() };
}

type LogoutSource = NonNullable<
  NonNullable<NonNullable<Configuration['features']>['rpInitiatedLogout']>['logoutSource']
>;

const showLogout: LogoutSource = (context, form) => {
  context.body = `<!doctype html><title>Sign out</title>${form}<button form="op.logoutForm" name="logout" value="yes">Yes</button>`;
};

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return address.port;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
