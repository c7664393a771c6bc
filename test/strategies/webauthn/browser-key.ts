import type { Browser, Page } from 'playwright-core';
import { ORIGIN, type CreationOptions, type RequestOptions } from './authenticator.js';
import { VirtualAuthenticator, type VirtualOptions } from './virtual-authenticator.js';

type Answered = Record<string, unknown>;

/** A browser on a page of some origin, with an authenticator: it does what WebAuthn asks, and no test can make it lie about the page. */
export class BrowserKey {
  constructor(
    private readonly page: Page,
    readonly authenticator: VirtualAuthenticator,
  ) {}

  /** The page is empty: whatever it asks of the browser, a test asks. */
  static async at(browser: Browser, origin = ORIGIN, options: VirtualOptions = {}): Promise<BrowserKey> {
    const page = await (await browser.newContext()).newPage();
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<title>A page</title>' }));
    await page.goto(origin);
    return new BrowserKey(page, await VirtualAuthenticator.in(page, options));
  }

  /** @throws {Error} with the name of the `DOMException`, where the browser refuses */
  create(options: CreationOptions): Promise<Answered> {
    return this.#run(
      `navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)}) })`,
    );
  }

  /** @throws {Error} as {@link create} */
  get(options: RequestOptions): Promise<Answered> {
    return this.#run(
      `navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)}) })`,
    );
  }

  /** Its newest credential, as somebody has it who read the key out. */
  async stolen() {
    const credential = (await this.authenticator.credentials()).at(-1);
    if (credential === undefined) throw new Error('The authenticator holds nothing');
    return credential;
  }

  #run(ceremony: string): Promise<Answered> {
    return this.page.evaluate<Answered>(`${ceremony}.then((made) => made.toJSON())`);
  }
}
