import escapeHtml from 'escape-html';
import type { SafeHtml } from '../strategy/safe-html.js';
import { isOwnPath } from './form.js';
import { Html, html } from './html.js';
import { styleElement, styleHash } from './style.js';

/** Options of {@link page}. */
export interface PageOptions {
  /** In the tab and as the heading. */
  readonly title: string;
  readonly body: Html;
  /** BCP 47. @default 'en' */
  readonly language?: string | undefined;
  /** Modules of this app, root-relative, that add to a page which works without them. Say so to {@link pageHeaders}. @default none */
  readonly scripts?: readonly string[] | undefined;
}

/**
 * A complete document that needs no JavaScript. Send it with {@link pageHeaders}.
 *
 * @throws {RangeError} for a script that is no path of this app
 */
export function page({ title, body, language = 'en', scripts = [] }: PageOptions): SafeHtml {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${styleElement} ${scripts.map(scriptElement)}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.toString();
}

function scriptElement(path: string): Html {
  if (!isOwnPath(path)) throw new RangeError('page: a script must be a path of this app, such as /assets/page.js');
  return new Html(`<script type="module" src="${escapeHtml(path)}"></script>`);
}

/** What a page may do beside showing itself. */
export interface PageHeadersOptions {
  /** Scripts of this app run, and talk to it. None that stands in the page does. @default false */
  readonly scripts?: boolean | undefined;
}

/**
 * What a page is sent with: nothing runs in it, nothing frames it, nobody learns its address (which may hold a token), and
 * no cache keeps it.
 *
 * Chromium applies `form-action` to redirects too: a form that ends at another site has to be a link, or its answer a page.
 *
 * @see CSP Level 3; ASVS 5.0 3.4.3 to 3.4.6
 */
export function pageHeaders({ scripts = false }: PageHeadersOptions = {}): Readonly<Record<string, string>> {
  return {
    'content-security-policy': policy(scripts),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

function policy(scripts: boolean): string {
  return [
    "default-src 'none'",
    `style-src ${styleHash}`,
    ...(scripts ? ["script-src 'self'", "connect-src 'self'"] : []),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
