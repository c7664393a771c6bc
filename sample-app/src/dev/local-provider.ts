import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A provider of development, and the app as its client. */
export interface LocalProviderOptions {
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** Whoever signs in as `ada` has the address `ada@` this. */
  readonly mailDomain: string;
}

/** An OpenID provider on a port of its own: it takes any name and any password. */
export class LocalProvider {
  #server: Server | null = null;
  /** Made at the first request: most who start the app never ask it, and the library prints warnings about what development does without. */
  #provider: ReturnType<typeof providerFor> | null = null;

  constructor(private readonly options: LocalProviderOptions) {}

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    }).listen(this.options.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#provider ??= providerFor(this.options);
    const answer = await this.#provider;
    await answer(request, response);
  }
}

export function localIssuer(port: number): string {
  return `http://localhost:${port}`;
}

async function providerFor({ port, clientId, clientSecret, redirectUri, mailDomain }: LocalProviderOptions) {
  // Node 20 has none, and the library calls it.
  const parse = (url: string, base?: string) => (URL.canParse(url, base) ? new URL(url, base) : null);
  if (!('parse' in URL)) Object.assign(URL, { parse });
  const { Provider } = await import('oidc-provider');
  const client = { client_id: clientId, client_secret: clientSecret, client_name: 'The sample app' };
  const provider = new Provider(localIssuer(port), {
    clients: [{ ...client, redirect_uris: [redirectUri] }],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@${mailDomain}`, email_verified: true, name: sub }),
    }),
    pkce: { required: () => true },
  });
  return provider.callback();
}
