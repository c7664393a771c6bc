import { html, type Html } from 'nest-auth-plug/pages';

/** Served by the strategy: it shows the forms below and gives them their ceremonies. */
export const SCRIPT = '/auth/user/webauthn/passkeys.js';

interface PasskeyForm {
  readonly kind: 'sign-in' | 'register';
  /** Where to go afterwards, as somebody may have typed it: the script goes to no other site. @default home */
  readonly next?: unknown;
  readonly body: readonly Html[];
  readonly submit: string;
}

export function passkeyForm({ kind, next, body, submit }: PasskeyForm): Html {
  return html`<form data-passkey="${kind}" data-next="${typeof next === 'string' ? next : '/'}" hidden>
    ${body}
    <button>${submit}</button>
    <p role="alert" data-passkey-problem hidden>
      That did not work. Try again; to add a passkey, you may have to <a href="/sign-in?returnTo=/passkeys">sign in</a>
      again first.
    </p>
  </form>`;
}
