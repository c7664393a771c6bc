import { html, type Html } from 'nest-auth-plug/pages';

/** Served by the strategy: it shows the forms below and gives them their ceremonies. */
export const SCRIPT = '/auth/user/webauthn/passkeys.js';

interface PasskeyForm {
  readonly kind: 'sign-in' | 'register' | 'second-factor' | 'verify';
  /** Where to go afterwards, as somebody may have typed it: the script goes to no other site. @default home */
  readonly next?: unknown;
  readonly body: readonly Html[];
  readonly submit: string;
}

/** The same on a page where somebody may have nothing else: it says what is missing where there are no scripts. */
export function passkeyStep(step: PasskeyForm): Html {
  return html`${passkeyForm(step)}
    <noscript><p>A passkey needs JavaScript, which is off in this browser.</p></noscript>`;
}

export function passkeyForm({ kind, next, body, submit }: PasskeyForm): Html {
  return html`<form data-passkey="${kind}" data-next="${typeof next === 'string' ? next : '/'}" hidden>
    ${body}
    <button>${submit}</button>
    <p role="alert" data-passkey-problem hidden>That did not work. Try again. ${kind === 'register' && VERIFY_FIRST}</p>
  </form>`;
}

const VERIFY_FIRST = html`You may have to <a href="/verify?returnTo=/passkeys">show that it is you</a> first.`;
