import escapeHtml from 'escape-html';
import { wordsOf } from './mail-words.js';
import type { Message } from './message.js';

/** A mail's words. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * Words of an app's own, such as a translation: what it leaves out is said in English, and HTML that it leaves out is made of its text.
 */
export type MailTexts = (message: Message) => MailWords | undefined;

export interface MailWords extends Pick<MailText, 'subject' | 'text'> {
  readonly html?: string | undefined;
}

/** What a message says in a mail: subject, text and the same as HTML, in which everything is escaped. */
export function mailText(message: Message, texts?: MailTexts): MailText {
  const { subject, text, html } = texts?.(message) ?? english(message);
  return { subject: oneLine(subject), text, html: html ?? asHtml(text, message) };
}

/** A subject is a header: a line break in it would begin the next one. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function english(message: Message): MailWords {
  const [subject, ...paragraphs] = wordsOf(message);
  return { subject, text: paragraphs.filter((one) => one !== '').join('\n\n') };
}

/** Paragraphs of escaped text; the link is one, and a code that stands alone is easy to find. */
function asHtml(text: string, { link, code }: Pick<Message, 'link' | 'code'>): string {
  const href = link === undefined ? null : escapeHtml(link.href);
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    const escaped = escapeHtml(paragraph).replaceAll('\n', '<br>');
    if (paragraph === code) return `<p><strong>${escaped}</strong></p>`;
    return `<p>${href === null ? escaped : escaped.replaceAll(href, `<a href="${href}">${href}</a>`)}</p>`;
  });
  return paragraphs.join('\n');
}
