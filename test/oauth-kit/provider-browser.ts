import { Client } from 'nest-auth-plug/testing';

const MOST_STEPS = 12;

/** How the provider sends the browser back to the app. */
export interface SentBack {
  readonly method: 'GET' | 'POST';
  /** Of the app, with the query of a GET. */
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

/** A browser at the provider: its cookies there, and every step until it is sent back. */
export class ProviderBrowser {
  readonly #client: Client;

  constructor(private readonly issuer: string) {
    this.#client = new Client(issuer);
  }

  /** @param url the authorization URL that the app sent it to @throws {Error} where it is not sent back */
  async visit(url: string): Promise<SentBack> {
    let at = new URL(url);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (at.origin !== this.issuer) return { method: 'GET', path: at.pathname + at.search, form: {} };
      const answer = await this.#client.get(at.href);
      const location = answer.headers.get('location');
      if (location === null) return formOf(answer.text);
      at = new URL(location, at);
    }
    throw new Error(`Expected the provider to send the browser back within ${MOST_STEPS} steps`);
  }
}

/** The page that posts itself to the app. */
function formOf(page: string): SentBack {
  const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1];
  if (action === undefined) throw new Error(`Expected the provider to send the browser back, got ${page}`);
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  const form = Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescaped(value)]));
  return { method: 'POST', path: new URL(unescaped(action)).pathname, form };
}

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|quot|#39|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
};
