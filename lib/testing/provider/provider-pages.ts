import type { ServerResponse } from 'node:http';
import { hidden, html, page } from '../../pages/index.js';
import type { SentBack } from './browser.js';

/** Sends a browser back: by a redirect, or by a page that posts itself (OAuth 2.0 Form Post Response Mode §2). */
export function showAnswer({ method, url, parameters }: SentBack, response: ServerResponse): void {
  if (method === 'GET') return void response.writeHead(303, { location: url.href }).end();
  const inputs = Object.entries(parameters).map(([name, value]) => hidden(name, value));
  const body = html`<form method="post" action="${url.href}">${inputs}<button>Continue</button></form>
    <img alt="" src="data:," onerror="document.forms[0].submit()" />`;
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  response.writeHead(200, headers).end(page({ title: 'Continue', body }));
}

/** OpenID Connect RP-Initiated Logout §3: back to where the app says. */
export function endSession(parameters: URLSearchParams, response: ServerResponse): void {
  const back = parameters.get('post_logout_redirect_uri');
  if (back === null) return void response.end('Signed out');
  const url = new URL(back);
  const state = parameters.get('state');
  if (state !== null) url.searchParams.set('state', state);
  response.writeHead(303, { location: url.href }).end();
}
