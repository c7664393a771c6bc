import escapeHtml from 'escape-html';
import type { SafeHtml } from '../strategy/safe-html.js';

/** What {@link html} takes between its texts. `null`, `undefined` and `false` leave nothing; a list is joined. */
export type HtmlValue = string | number | bigint | Html | null | undefined | false | readonly HtmlValue[];

/**
 * A piece of a page. It is an object, not a string, so that nothing which came in as a string can pass for one.
 *
 * Only `pages/` constructs it; everyone else writes {@link html}.
 */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): SafeHtml {
    return this.markup as SafeHtml; // the one place where markup is called safe: it was built by this room
  }
}

/**
 * HTML with every outside value escaped, for text and for quoted attributes. Pieces nest as they are.
 *
 * Scripts and styles are refused, as are values in unquoted attributes: escaping protects neither, and the policy of
 * {@link pageHeaders} would block the former anyway.
 *
 * @throws {TypeError} for such a template, whatever the values.
 * @example html`<p title="${note}">Hello ${user.name}</p>`
 */
export function html(texts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  refuseUnsafeTemplate(texts);
  return new Html(texts.map((text, index) => text + markupOf(values[index])).join(''));
}

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (isList(value)) return value.map(markupOf).join('');
  return escapeHtml(String(value));
}

function isList(value: HtmlValue): value is readonly HtmlValue[] {
  return Array.isArray(value);
}

function refuseUnsafeTemplate(texts: readonly string[]): void {
  if (texts.slice(0, -1).some((text) => /=\s*$/.test(text))) {
    throw new TypeError('html: put quotes around the value of an attribute');
  }
  if (texts.some((text) => /<(script|style)\b/i.test(text))) {
    throw new TypeError('html: scripts and styles belong in files of their own');
  }
}
