import escapeHtml from 'escape-html';
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

function wordsOf(message: Message): readonly [subject: string, ...paragraphs: string[]] {
  const lasts = lastingWords(message.lifetimeSeconds);
  switch (message.purpose) {
    case 'reset':
      return [
        'Set a new password',
        'Somebody asked for a new password for your account. To set one, open this link:',
        message.link.href,
        lasts,
        'If it was not you, do nothing: your password stays as it is.',
      ];
    case 'magic-link':
      return ['Your link to sign in', 'To sign in, open this link:', message.link.href, lasts, NOT_ASKED];
    case 'otp':
      return [
        'Your code to sign in',
        'This is your code to sign in:',
        message.code,
        ...(message.link === undefined ? [] : ['Or open this page, which has it already:', message.link.href]),
        lasts,
        NOT_ASKED,
      ];
    case 'confirmation':
      return [
        'Confirm your address',
        'To confirm that this is your address, open this link:',
        message.link.href,
        lasts,
        'If you do not know what this is about, do nothing.',
      ];
    case 'identity-link':
      return [
        `Link ${message.provider} to your account`,
        `${linkedWords(message)} wants to sign in to your account. To let it, open this link:`,
        message.link.href,
        lasts,
        `Do that only if you tried to sign in with ${message.provider} just now: whoever has that account could sign in as you. If it was not you, do nothing.`,
      ];
    case 'identity-linked':
      return [
        `${message.provider} was linked to your account`,
        `From now on an account at ${message.provider} signs in to your account. All other devices were signed out.`,
        'If it was not you, sign in, unlink it, and change your password.',
      ];
    case 'identity-unlinked':
      return [
        `${message.provider} was unlinked from your account`,
        `The account at ${message.provider} does not sign in to your account any more. All other devices were signed out.`,
        'If it was not you, change your password and sign out everywhere.',
      ];
    case 'email-change-requested':
      return [
        'Your address is to be changed',
        'Somebody who is signed in to your account wants it to have another address. It gets that once the other is confirmed.',
        'If it was not you, change your password at once: that undoes it, and signs out whoever it was.',
      ];
    case 'email-changed':
      return [
        'Your address was changed',
        'Your account has another address now, and mail about it goes there.',
        'If it was not you, somebody has got into your account. Ask whoever runs this site for help at once.',
      ];
    case 'change-attempt':
      return [
        'Your address was asked for',
        'Somebody wants your address for another account. Your account has it, and keeps it.',
        'If it was you, sign in to the account that has this address. If it was not, there is nothing to do.',
      ];
    case 'registration-attempt':
      return [
        'You have an account already',
        'Somebody registered with your address, which has an account already. Nothing has changed.',
        'If it was you, sign in. If you cannot, set a new password. If it was not you, there is nothing to do.',
      ];
    case 'remember-me-theft':
      return [
        'You were signed out',
        'Somebody used a copy of what one of your browsers remembers you by. We signed both out.',
        'Sign in again, and look whether everything in your account is as you left it.',
      ];
    case 'new-device':
      return ['New sign-in to your account', 'Somebody signed in to your account:', signInWords(message), NOT_YOU];
    case 'passkey-added':
      return [
        'A passkey was added to your account',
        `From now on this passkey signs in to your account: ${message.passkeyName}`,
        'If it was not you, sign in and remove it at once. That signs out whoever has it.',
      ];
    case 'passkey-removed':
      return [
        'A passkey was removed from your account',
        `This passkey does not sign in to your account any more: ${message.passkeyName}`,
        'If it was not you, somebody has got into your account. Sign in, look at its passkeys, and sign out everywhere.',
      ];
    case 'second-factor-changed':
      return ['Your second factors were changed', `${CHANGES[message.change]}: ${message.factor}.`, NOT_YOU];
    case 'recovery-code-used':
      return [
        'A recovery code was used',
        `Somebody used one of your recovery codes. Codes that are left: ${message.codesLeft}.`,
        NOT_YOU,
      ];
    default:
      return otherWords(message);
  }
}

const NOT_ASKED = 'If you did not ask for this, do nothing. Give it to nobody: whoever has it can sign in as you.';
const NOT_YOU = 'If it was you, there is nothing to do. If it was not, change your password and sign out everywhere.';
const CHANGES = {
  added: 'Your account has another second factor now',
  replaced: 'A second factor of your account was set up anew',
  removed: 'Your account has one second factor less now',
} as const;

function lastingWords(lifetimeSeconds: number | undefined): string {
  return lifetimeSeconds === undefined ? 'It works once.' : `It works once, for ${duration(lifetimeSeconds)}.`;
}

/** Rounded down: nobody is promised more than there is. */
function duration(seconds: number): string {
  const [count, unit] =
    seconds < 120 * 60 ? [Math.floor(seconds / 60), 'minute'] : [Math.floor(seconds / 3600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function linkedWords({ provider, accountName }: Message & { readonly purpose: 'identity-link' }): string {
  return accountName === null ? `An account at ${provider}` : `The account ${accountName} at ${provider}`;
}

function signInWords({ signIn: { at, deviceName, address } }: Message & { readonly purpose: 'new-device' }): string {
  const time = at.toISOString().slice(0, 16).replace('T', ' ');
  return `${deviceName ?? 'An unknown device'}, on ${time} UTC${address === null ? '' : `, from ${address}`}`;
}

/** Of a purpose that only the app knows. */
function otherWords({ link, code }: Pick<Message, 'link' | 'code'>): readonly [string, ...string[]] {
  return ['A message about your account', code ?? '', link?.href ?? ''];
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
