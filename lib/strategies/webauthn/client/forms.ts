import { Passkeys, type PasskeyAnswer, type PasskeyFields } from './passkeys.js';

/**
 * Gives the forms of a page their ceremonies: `<form data-passkey="sign-in" hidden>`, and likewise `sign-up`, `second-factor`, `verify` and
 * `register`. They are shown where the browser knows passkeys, and send their fields along. Afterwards the browser goes where the app sends
 * it, else to `data-next`, else here again. Where it did not work, what is marked with `data-passkey-problem` is shown.
 */
export function enhanceForms(passkeys: Passkeys): void {
  if (!Passkeys.areSupported) return;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const perform = ceremonyOf(passkeys, form.dataset.passkey);
    if (perform === undefined) continue;
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void finish(form, perform(fieldsIn(form)));
    });
  }
  offerAutofill(passkeys);
}

function offerAutofill(passkeys: Passkeys): void {
  const [form] = document.querySelectorAll('form[data-passkey="sign-in"]');
  const [input] = document.querySelectorAll('input[autocomplete~="webauthn"]');
  if (form === undefined || input === undefined) return;
  void finish(
    form,
    passkeys.autofill(() => fieldsIn(form)),
  );
}

function ceremonyOf(passkeys: Passkeys, kind: string | undefined) {
  const ceremonies = new Map([
    ['sign-in', (fields: PasskeyFields) => passkeys.signIn(fields)],
    ['sign-up', (fields: PasskeyFields) => passkeys.signUp(fields)],
    ['second-factor', (fields: PasskeyFields) => passkeys.secondFactor(fields)],
    ['verify', (fields: PasskeyFields) => passkeys.verify(fields)],
    ['register', (fields: PasskeyFields) => passkeys.register(fields)],
  ]);
  return ceremonies.get(kind ?? '');
}

async function finish(form: FormElement, ceremony: Promise<PasskeyAnswer | null>): Promise<void> {
  const problem = form.querySelector('[data-passkey-problem]');
  if (problem !== null) problem.hidden = true;
  try {
    const answer = await ceremony;
    if (answer === null) return;
    const next = answer.redirectedTo ?? ownPath(form.dataset.next);
    if (next === null) location.reload();
    else location.assign(next);
  } catch {
    if (problem !== null) problem.hidden = false;
  }
}

/** What a page was told to go to may have been typed by anybody: a path of this site, or nothing. */
function ownPath(next: string | undefined): string | null {
  return next !== undefined && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next) ? next : null;
}

function fieldsIn(form: FormElement): PasskeyFields {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields[name] = value;
  return fields;
}

// What is used of the browser; see passkeys.ts.
interface FormElement {
  hidden: boolean;
  readonly dataset: { readonly passkey?: string; readonly next?: string };
  querySelector(selector: string): { hidden: boolean } | null;
  addEventListener(type: 'submit', listener: (event: { preventDefault(): void }) => void): void;
}

declare const document: { querySelectorAll(selector: string): Iterable<FormElement> };
declare const location: { reload(): void; assign(url: string): void };
declare const FormData: new (form: FormElement) => Iterable<readonly [string, unknown]>;
