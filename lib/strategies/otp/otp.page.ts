import { field, form, html, page } from '../../pages/index.js';
import { maskEmail } from '../../resources/index.js';
import type { SafeHtml } from '../../strategy/index.js';

/** What the page shows on which a code is typed. */
export interface CodePage {
  /** Whom this browser asked for; null where it did not ask, and a code would count for nothing. */
  readonly address: string | null;
  /** As the mailed link has it. */
  readonly code: string | undefined;
  readonly digitsOnly: boolean;
  /** The route of `sign-in`, root-relative. */
  readonly action: string;
}

/** Opening it does nothing, with a code in its address or without. */
export function codePage({ address, code, digitsOnly, action }: CodePage): SafeHtml {
  const body =
    address === null
      ? html`<p>Type the code in the browser in which you asked for it: it counts nowhere else.</p>`
      : html`<p>A code is on its way to ${maskEmail(address)}, if that is known here.</p>
          ${form({ action, body: codeField(code, digitsOnly), submit: 'Sign in' })}`;
  return page({ title: 'Sign in', body });
}

/** What is filled in already needs no keys for numbers. */
function codeField(code: string | undefined, digitsOnly: boolean) {
  const type = digitsOnly && code === undefined ? 'code' : 'text';
  return field({ name: 'otp', label: 'Code', type, autocomplete: 'one-time-code', value: code });
}
