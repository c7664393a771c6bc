import { html, type Html } from './html.js';

/** Options of {@link form}. */
export interface FormOptions {
  /** Root-relative: `/auth/user/password/sign-in`. */
  readonly action: string;
  /** @default 'post' */
  readonly method?: 'post' | 'get' | undefined;
  /** Fields, hidden values and whatever stands between them. */
  readonly body: Html | readonly Html[];
  /** The words on the button. */
  readonly submit: string;
}

/**
 * A form of this app.
 *
 * @throws {RangeError} when `action` is not a path of this app: `https://…`, `//host` and `javascript:` are not.
 */
export function form({ action, method = 'post', body, submit }: FormOptions): Html {
  if (!isOwnPath(action)) throw new RangeError('form: action must be a path of this app, such as /auth/user/sign-out');
  return html`<form method="${method}" action="${action}">
    ${body}
    <button>${submit}</button>
  </form>`;
}

/** Root-relative. A browser reads `/\host` and `/<tab>/host` as `//host` (WHATWG URL, "relative slash state"). */
export function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(path);
}

/** What a browser or password manager may fill in (HTML Living Standard §4.10.18.7). */
export type Autocomplete =
  | 'off'
  | 'name'
  | 'email'
  | 'tel'
  | 'username'
  | 'username webauthn'
  | 'current-password'
  | 'new-password'
  | 'one-time-code';

/** Options of {@link field}. */
export interface FieldOptions {
  /** As the phase spells it: `passwordConfirmation`. */
  readonly name: string;
  readonly label: string;
  /** `code` is a text of digits. @default 'text' */
  readonly type?: 'text' | 'email' | 'password' | 'tel' | 'code' | 'checkbox' | undefined;
  readonly autocomplete?: Autocomplete | undefined;
  /** What is filled in at first; for a checkbox what is sent. Passwords and codes are never filled in. */
  readonly value?: string | undefined;
  /** @default true, but false for a checkbox */
  readonly required?: boolean | undefined;
  readonly hint?: string | undefined;
  /** What was wrong with the last try. */
  readonly problem?: string | undefined;
}

/** One labelled input. The label holds the input, so that two forms on a page need no ids. */
export function field({ label, type = 'text', hint, problem, ...input }: FieldOptions): Html {
  const notes = [
    hint !== undefined && html`<small>${hint}</small>`,
    problem !== undefined && html`<small class="problem">${problem}</small>`,
  ];
  const control = inputElement(type, { ...input, invalid: problem !== undefined });
  if (type === 'checkbox') return html`<label class="check">${control} ${label}${notes}</label>`;
  return html`<label>${label}${control}${notes}</label>`;
}

interface InputParts {
  readonly name: string;
  readonly autocomplete?: Autocomplete | undefined;
  readonly value?: string | undefined;
  readonly required?: boolean | undefined;
  readonly invalid: boolean;
}

function inputElement(type: NonNullable<FieldOptions['type']>, input: InputParts): Html {
  const { name, autocomplete, value, required = type !== 'checkbox', invalid } = input;
  const filled = type === 'password' || type === 'code' ? undefined : value;
  return html`<input
    name="${name}"
    type="${type === 'code' ? 'text' : type}"
    ${[
      type === 'code' && html` inputmode="numeric"`,
      autocomplete !== undefined && html` autocomplete="${autocomplete}"`,
      filled !== undefined && html` value="${filled}"`,
      required && html` required`,
      invalid && html` aria-invalid="true"`,
    ]}
  />`;
}

/** A value that goes along unseen: the token of a link, a flow. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}
