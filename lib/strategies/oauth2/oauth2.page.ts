import { form, hidden, html, page, pageHeaders } from '../../pages/index.js';
import { maskEmail } from '../../resources/index.js';
import { AuthReply } from '../../strategy/index.js';
import type { Waiting } from './link-mails.js';

/**
 * Sends a browser to the provider after a form. Not by a redirect: the `form-action` of the page with the form would have to name the
 * provider, for Chromium follows it into redirects.
 */
export function awayPage(to: URL, label: string): AuthReply {
  const body = html`<p><a href="${to.href}" rel="noreferrer">Continue to ${label}</a></p>`;
  const headers = { ...pageHeaders(), refresh: `0;url=${to.href}` };
  return AuthReply.html(page({ title: label, body }), 200, headers);
}

/**
 * For an answer that another site's form has posted: its request has no cookie of ours (`SameSite=Lax`), and the one that this page's
 * form makes has.
 */
export function backPage(action: string, params: Readonly<Record<string, string>>, label: string): AuthReply {
  const values = Object.entries(params).map(([name, value]) => hidden(name, value));
  const body = html`<p>You are back from ${label}.</p>
    ${form({ action, body: values, submit: 'Continue' })}`;
  return AuthReply.html(page({ title: label, body }), 200, pageHeaders());
}

/** What the mailed link opens: only its button links. It says what that gives to whom. */
export function linkPage(action: URL, token: string, label: string, { accountName, address }: Waiting): AuthReply {
  const whose = accountName === null ? `An account at ${label}` : `The account ${accountName} at ${label}`;
  const link = form({ action: action.pathname, body: hidden('token', token), submit: `Link ${label}` });
  const body = html`<p>${whose} wants to sign in to the account of ${maskEmail(address)} at ${action.host}.</p>
    <p>Did you try to sign in with ${label} just now, and is that account yours? Then link the two.</p>
    ${link}
    <p>If not, close this page, and nothing changes: whoever has that account could sign in as you.</p>`;
  return AuthReply.html(page({ title: `Link ${label}`, body }), 200, pageHeaders());
}
