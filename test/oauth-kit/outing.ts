import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import type { Browser, Page } from 'playwright-core';
import { fill, press } from '../sample-app/browsing.js';
import { launchChromium } from '../sample-app/chromium.js';
import { frontPort, type FrontPort } from './front-port.js';
import { openIdServer, type OpenIdServer } from './open-id-server.js';

/** A person with a browser, the door of an app, and a certified provider with pages: anew for each test of a suite. */
export class Outing {
  #browser: Browser | null = null;
  #page: Page | null = null;
  #front: FrontPort | null = null;
  #server: OpenIdServer | null = null;
  #app: Pick<AuthTestApp, 'close'> | null = null;

  /** To be made within the suite. @param auth where the app's strategy is */
  constructor(private readonly auth: string) {
    beforeAll(async () => void (this.#browser = await launchChromium()));
    afterAll(() => this.#browser?.close());
    beforeEach(() => this.#begin());
    afterEach(() => this.#end());
  }

  get page(): Page {
    return there(this.#page);
  }

  get front(): FrontPort {
    return there(this.#front);
  }

  get server(): OpenIdServer {
    return there(this.#server);
  }

  /** What an app is told of the provider. */
  get client(): { readonly issuer: string; readonly clientId: string; readonly clientSecret: string } {
    const { issuer, clients } = this.server;
    const { id: clientId, secret: clientSecret } = clients.client_secret_basic;
    return { issuer, clientId, clientSecret };
  }

  /** The app behind the door: closed with the rest. */
  leadTo<A extends Pick<AuthTestApp, 'url' | 'close'>>(app: A): A {
    this.#app = app;
    this.front.leadTo(app.url);
    return app;
  }

  /** Sets out from a button of the app, and is asked by the provider whether the app may know. @param query of the button */
  async setOut(query = ''): Promise<void> {
    await this.page.goto(`${this.front.url}${this.auth}${query}`);
    await fill(this.page, { Name: 'ada' });
    await press(this.page, 'Sign in');
  }

  async whoIsIn(): Promise<string | null> {
    const response = await this.page.goto(`${this.front.url}/in`);
    return response?.ok() === true ? this.page.locator('body').textContent() : null;
  }

  async #begin(): Promise<void> {
    const front = await frontPort();
    this.#front = front;
    this.#server = await openIdServer({
      appUrl: front.url,
      callbackPaths: [`${this.auth}/callback`],
      backChannelLogoutUrl: `${front.url}${this.auth}/back-channel-logout`,
      interaction: 'pages',
    });
    this.#page = await (await there(this.#browser).newContext()).newPage();
  }

  async #end(): Promise<void> {
    await this.#page?.context().close();
    await this.#app?.close();
    await this.#server?.close();
    await this.#front?.close();
    this.#app = null;
  }
}

function there<T>(part: T | null): T {
  if (part === null) throw new Error('There is no outing outside of a test');
  return part;
}
