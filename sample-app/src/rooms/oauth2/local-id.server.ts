import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../settings.js';

/** What the app and the provider know each other by; a new secret at each start, since they start together. */
export const LOCAL_ID = { clientId: 'sample-app', clientSecret: randomBytes(32).toString('base64url') } as const;

export function localIdIssuer({ localIdPort }: Settings): string {
  return `http://localhost:${localIdPort}`;
}

/** A provider of development on a port of its own: it takes any name and any password. In production there is none. */
@Injectable()
export class LocalIdServer implements OnModuleInit, OnApplicationShutdown {
  #server: Server | null = null;
  /** Made at the first request: most who start the app never ask it, and the library prints warnings about what development does without. */
  #provider: ReturnType<typeof providerFor> | null = null;

  constructor(private readonly settings: Settings) {}

  async onModuleInit(): Promise<void> {
    if (this.settings.isProduction) return;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    }).listen(this.settings.localIdPort, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#provider ??= providerFor(this.settings);
    const answer = await this.#provider;
    await answer(request, response);
  }

  async onApplicationShutdown(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

async function providerFor(settings: Settings) {
  // Node 20 has none, and the library calls it.
  const parse = (url: string, base?: string) => (URL.canParse(url, base) ? new URL(url, base) : null);
  if (!('parse' in URL)) Object.assign(URL, { parse });
  const { Provider } = await import('oidc-provider');
  const provider = new Provider(localIdIssuer(settings), {
    clients: [
      {
        client_id: LOCAL_ID.clientId,
        client_secret: LOCAL_ID.clientSecret,
        client_name: 'The sample app',
        redirect_uris: [`${settings.publicUrl}/auth/user/local-id/callback`],
      },
    ],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
    pkce: { required: () => true },
  });
  return provider.callback();
}

/** Whoever signs in as `ada` has the address `ada@local-id.example`. */
function claimsOf(sub: string) {
  return { sub, email: `${sub}@local-id.example`, email_verified: true, name: sub };
}
