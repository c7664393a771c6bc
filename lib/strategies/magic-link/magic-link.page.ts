import { form, hidden, html, page } from '../../pages/index.js';
import { maskEmail } from '../../resources/index.js';
import type { SafeHtml } from '../../strategy/index.js';

/** What the page behind a link shows. */
export interface LinkPage {
  /** Where the link was sent: shown in part, for whoever has the link need not be its owner. */
  readonly address: string;
  readonly token: string;
  /** The route of `sign-in`, root-relative. */
  readonly action: string;
}

/** A button and what it will do. Opening the page does nothing: mail scanners open links too. */
export function linkPage({ address, token, action }: LinkPage): SafeHtml {
  const body = html`<p>You are about to sign in as ${maskEmail(address)}.</p>
    ${form({ action, body: hidden('token', token), submit: 'Sign in' })}
    <p><small>You did not ask for this? Close the page, and nothing happens.</small></p>`;
  return page({ title: 'Sign in', body });
}
