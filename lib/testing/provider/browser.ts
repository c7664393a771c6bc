import { Client, type ClientAnswer } from '../client.js';

/** How a provider sends a browser back to the app. */
export interface SentBack {
  /** POST with `response_mode=form_post`. */
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** In the query of a GET, in the form of a POST. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Goes back as a browser does. A form that another site sends carries no `SameSite=Lax` cookie; the page that the app answers
 * then sends it once more, with them.
 */
export async function sendBack(browser: Client, { method, url, parameters }: SentBack): Promise<ClientAnswer> {
  if (method === 'GET') return browser.get(url.pathname + url.search);
  const bare = new Client(browser.baseUrl);
  const headers = { origin: 'https://provider.example', 'sec-fetch-site': 'cross-site' };
  const page = await bare.post(url.pathname, { form: parameters, headers });
  const fields = hiddenFields(page.text);
  const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1];
  if (action === undefined) return page;
  return browser.post(unescaped(action), { form: fields, headers: { 'sec-fetch-site': 'same-origin' } });
}

function hiddenFields(markup: string): Record<string, string> {
  const found = markup.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [unescaped(name), unescaped(value)]));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', quot: '"', '#39': "'", lt: '<', gt: '>' };

function unescaped(text: string): string {
  return text.replaceAll(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
