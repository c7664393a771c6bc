import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { randomToken } from '../../crypto/index.js';
import type { JsonObject } from '../../strategy/index.js';
import type { Clock } from '../../time/index.js';
import type { Client, ClientAnswer } from '../client.js';
import { FakeClock } from '../fake-clock.js';
import { sendBack, type SentBack } from './browser.js';
import {
  PATHS,
  type FakeProviderOptions,
  type LogoutTokenOptions,
  type ProviderPaths,
  type ProviderRequest,
} from './fake-provider.options.js';
import type { ProviderClient } from './provider-client.js';
import { ProviderEndpoints } from './provider-endpoints.js';
import { answer, REDIRECTED } from './provider-faults.js';
import type { PublishedKey } from './provider-keys.js';
import type { ProviderEndpoint, ProviderLies } from './provider-lies.js';
import { endSession, showAnswer } from './provider-pages.js';

const ADA: JsonObject = { sub: 'ada-1815', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' };

/**
 * A provider of OAuth 2.0 and OpenID Connect on a free port of loopback, for tests without a network. It does as the standards say, signs
 * everybody in as {@link FakeProvider.account} without asking, and lies where it is told to. Close it when the tests are over.
 */
export async function fakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new FakeProvider(server, options);
}

export class FakeProvider {
  readonly issuer: string;
  readonly client: ProviderClient;
  readonly paths: ProviderPaths;
  /** Claims of whoever signs in there next. */
  account: JsonObject = ADA;
  lies: ProviderLies = {};
  /** More that is answered to whoever shows an access token, by path: `{ '/user/emails': [ … ] }`. */
  resources: Readonly<Record<string, unknown>> = {};
  /** What it was asked, oldest first. */
  readonly received: ProviderRequest[] = [];
  /** Where its times come from; give it the app's where a test moves that. */
  clock: Clock;
  readonly #server: Server;
  readonly #endpoints: ProviderEndpoints;

  /** Made by {@link fakeProvider}. */
  constructor(
    server: Server,
    { clientId = 'test-client', clientSecret = randomToken(), takesClientSecret, clock, paths }: FakeProviderOptions,
  ) {
    this.#server = server.on('request', (request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
    });
    this.issuer = `http://127.0.0.1:${portOf(server)}`;
    this.client = { id: clientId, secret: clientSecret, takes: takesClientSecret };
    this.paths = { ...PATHS, ...paths };
    this.clock = clock ?? new FakeClock();
    this.#endpoints = new ProviderEndpoints(this);
  }

  /**
   * Somebody opens an authorization URL and agrees.
   *
   * @returns how the provider sends the browser back
   * @throws {Error} where the request is not one that it would take
   */
  visit(url: string | URL): SentBack {
    const { pathname, searchParams } = new URL(url, this.issuer);
    if (pathname !== this.paths.authorize)
      throw new Error(`Expected a URL of the provider's authorization endpoint, got ${String(url)}`);
    this.received.push({ method: 'GET', path: pathname, headers: {}, parameters: Object.fromEntries(searchParams) });
    return this.#endpoints.authorize(searchParams);
  }

  /**
   * The whole way of a browser: from the app to here, and back to the app.
   *
   * @param path of the app's phase that begins it: `/auth/user/oidc`
   * @returns what the app answers in the end
   * @throws {Error} where the app does not send the browser here
   */
  async signIn(browser: Client, path: string): Promise<ClientAnswer> {
    const sent = await browser.get(path);
    const location = sent.headers.get('location');
    if (location === null) throw new Error(`Expected a redirect to the provider, got ${sent.status}: ${sent.text}`);
    return sendBack(browser, this.visit(location));
  }

  /** A token of back-channel logout for the session of the last sign-in here. */
  logoutToken(options: LogoutTokenOptions = {}): string {
    return this.#endpoints.logoutToken(options);
  }

  /** Its key is another from now on, under another `kid`. */
  rotateKeys(): void {
    this.#endpoints.keys.rotate();
  }

  /** The public key that it signs with, and one that it does not, for {@link ProviderLies.keys}. */
  get keys(): { readonly own: PublishedKey; readonly another: PublishedKey } {
    const { own, another } = this.#endpoints.keys;
    return { own, another };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', this.issuer);
    const parameters = method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
    this.received.push({ method, path: url.pathname, headers, parameters: Object.fromEntries(parameters) });
    const isRedirected = url.pathname.startsWith(REDIRECTED);
    const path = isRedirected ? url.pathname.slice(REDIRECTED.length) : url.pathname;
    if (path === this.paths.authorize) return showAnswer(this.#endpoints.authorize(parameters), response);
    if (path === this.paths.logout) return endSession(parameters, response);
    const right = this.#endpoints.answer(path, parameters, headers.authorization);
    const name = this.#endpointAt(path);
    answer(response, { ...right, path }, isRedirected || name === undefined ? undefined : this.lies.answers?.[name]);
  }

  #endpointAt(path: string): ProviderEndpoint | undefined {
    if (path.includes('/.well-known/')) return 'discovery';
    return (['jwks', 'token', 'userinfo'] as const).find((name) => path === this.paths[name]);
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return address.port;
}
