import type { SafeHtml } from '../strategy/safe-html.js';
import { html, type Html } from './html.js';
import { styleElement, styleHash } from './style.js';

/** Options of {@link page}. */
export interface PageOptions {
  /** In the tab and as the heading. */
  readonly title: string;
  readonly body: Html;
  /** BCP 47. @default 'en' */
  readonly language?: string | undefined;
}

/** A complete document that needs no JavaScript. Send it with {@link pageHeaders}. */
export function page({ title, body, language = 'en' }: PageOptions): SafeHtml {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.toString();
}

const POLICY = [
  "default-src 'none'",
  `style-src ${styleHash}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * What a page is sent with: nothing runs in it, nothing frames it, nobody learns its address (which may hold a token), and
 * no cache keeps it.
 *
 * Chromium applies `form-action` to redirects too: a form that ends at another site has to be a link, or its answer a page.
 *
 * @see CSP Level 3; ASVS 5.0 3.4.3 to 3.4.6
 */
export function pageHeaders(): Readonly<Record<string, string>> {
  return {
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}
