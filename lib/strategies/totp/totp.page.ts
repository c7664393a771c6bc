import { field, form, html, page, type Html } from '../../pages/index.js';
import type { SafeHtml } from '../../strategy/index.js';
import type { Setup } from './totp.setup.js';

/** What the page for enrolling shows. */
export interface TotpPage {
  /** Null where nothing waits for its first code. */
  readonly setup: Setup | null;
  readonly isEnrolled: boolean;
  /** The routes of `setup`, `confirm-setup` and `disable`, root-relative. */
  readonly actions: { readonly setUp: string; readonly confirm: string; readonly disable: string };
}

/** Opening it does nothing. */
export function totpPage({ setup, isEnrolled, actions }: TotpPage): SafeHtml {
  const body = html`${setup === null ? invitation(isEnrolled) : waiting(setup, actions.confirm)}
  ${form({ action: actions.setUp, body: [], submit: setup === null ? beginning(isEnrolled) : 'Begin again' })}
  ${isEnrolled && html`<p>Or turn it off, with a code that the app shows now.</p>`}
  ${isEnrolled && form({ action: actions.disable, body: codeField(), submit: 'Turn off' })}`;
  return page({ title: 'Authenticator app', body });
}

function invitation(isEnrolled: boolean): Html {
  if (isEnrolled) return html`<p>An authenticator app is set up: signing in takes one of its codes.</p>`;
  return html`<p>With an authenticator app on your telephone, nobody signs in with your password alone.</p>`;
}

function beginning(isEnrolled: boolean): string {
  return isEnrolled ? 'Set up another app in its place' : 'Set up an app';
}

function waiting({ url, secret, qr }: Setup, action: string): Html {
  return html`<p>Scan this with your authenticator app, then type the code that it shows.</p>
    ${qr}
    <p>
      <a href="${url}">Open the app on this device</a>, or type this key into it:<br /><code>${inGroups(secret)}</code>
    </p>
    ${form({ action, body: codeField(), submit: 'Turn on' })}`;
}

function codeField(): Html {
  return field({ name: 'code', label: 'Code', type: 'code', autocomplete: 'one-time-code' });
}

function inGroups(secret: string): string {
  return secret.replaceAll(/.{4}(?=.)/g, '$& ');
}
