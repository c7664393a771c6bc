import type { Message, MessageOf, MessagePurpose } from './message.js';

/** What a mail says, in English: its subject, and paragraphs, of which empty ones are left out. */
export type Words = readonly [subject: string, ...paragraphs: string[]];

/** The words of a message. */
export function wordsOf(message: Message): Words {
  const say = WORDS[message.purpose] as ((message: Message) => Words) | undefined; // it takes what is of that purpose
  return (say ?? otherWords)(message);
}

const NOT_ASKED = 'If you did not ask for this, do nothing. Give it to nobody: whoever has it can sign in as you.';
const NOT_YOU = 'If it was you, there is nothing to do. If it was not, change your password and sign out everywhere.';
const CHANGES = {
  added: 'Your account has another second factor now',
  replaced: 'A second factor of your account was set up anew',
  removed: 'Your account has one second factor less now',
} as const;

const WORDS: { readonly [P in MessagePurpose]?: (message: MessageOf<P>) => Words } = {
  'reset-password': (message) => [
    'Set a new password',
    'Somebody asked for a new password for your account. To set one, open this link:',
    message.link.href,
    lastingWords(message),
    'If it was not you, do nothing: your password stays as it is.',
  ],
  'magic-link': (message) => [
    'Your link to sign in',
    'To sign in, open this link:',
    message.link.href,
    lastingWords(message),
    NOT_ASKED,
  ],
  otp: (message) => [
    'Your code to sign in',
    'This is your code to sign in:',
    message.code,
    ...(message.link === undefined ? [] : ['Or open this page, which has it already:', message.link.href]),
    lastingWords(message),
    NOT_ASKED,
  ],
  confirmation: (message) => [
    'Confirm your address',
    'To confirm that this is your address, open this link:',
    message.link.href,
    lastingWords(message),
    'If you do not know what this is about, do nothing.',
  ],
  'identity-link': (message) => [
    `Link ${message.provider} to your account`,
    `${linkedWords(message)} wants to sign in to your account. To let it, open this link:`,
    message.link.href,
    lastingWords(message),
    `Do that only if you tried to sign in with ${message.provider} just now: whoever has that account could sign in as you. If it was not you, do nothing.`,
  ],
  'identity-linked': ({ provider }) => [
    `${provider} was linked to your account`,
    `From now on an account at ${provider} signs in to your account. All other devices were signed out.`,
    'If it was not you, sign in, unlink it, and change your password.',
  ],
  'identity-unlinked': ({ provider }) => [
    `${provider} was unlinked from your account`,
    `The account at ${provider} does not sign in to your account any more. All other devices were signed out.`,
    'If it was not you, change your password and sign out everywhere.',
  ],
  'email-change-requested': () => [
    'Your address is to be changed',
    'Somebody who is signed in to your account wants it to have another address. It gets that once the other is confirmed.',
    'If it was not you, change your password at once: that undoes it, and signs out whoever it was.',
  ],
  'email-changed': () => [
    'Your address was changed',
    'Your account has another address now, and mail about it goes there.',
    'If it was not you, somebody has got into your account. Ask whoever runs this site for help at once.',
  ],
  'change-attempt': () => [
    'Your address was asked for',
    'Somebody wants your address for another account. Your account has it, and keeps it.',
    'If it was you, sign in to the account that has this address. If it was not, there is nothing to do.',
  ],
  'registration-attempt': () => [
    'You have an account already',
    'Somebody registered with your address, which has an account already. Nothing has changed.',
    'If it was you, sign in. If you cannot, set a new password. If it was not you, there is nothing to do.',
  ],
  'remember-me-theft': () => [
    'You were signed out',
    'Somebody used a copy of what one of your browsers remembers you by. We signed both out.',
    'Sign in again, and look whether everything in your account is as you left it.',
  ],
  'new-sign-in': (message) => [
    'New sign-in to your account',
    'Somebody signed in to your account:',
    signInWords(message),
    NOT_YOU,
  ],
  'passkey-added': ({ passkeyName }) => [
    'A passkey was added to your account',
    `From now on this passkey signs in to your account: ${passkeyName}`,
    'If it was not you, sign in and remove it at once. That signs out whoever has it.',
  ],
  'passkey-removed': ({ passkeyName }) => [
    'A passkey was removed from your account',
    `This passkey does not sign in to your account any more: ${passkeyName}`,
    'If it was not you, somebody has got into your account. Sign in, look at its passkeys, and sign out everywhere.',
  ],
  'second-factor-changed': ({ change, factor }) => [
    'Your second factors were changed',
    `${CHANGES[change]}: ${factor}.`,
    NOT_YOU,
  ],
  'recovery-code-used': ({ codesLeft }) => [
    'A recovery code was used',
    `Somebody used one of your recovery codes. Codes that are left: ${codesLeft}.`,
    NOT_YOU,
  ],
};

function lastingWords({ lifetimeSeconds }: Pick<Message, 'lifetimeSeconds'>): string {
  return lifetimeSeconds === undefined ? 'It works once.' : `It works once, for ${duration(lifetimeSeconds)}.`;
}

/** Rounded down: nobody is promised more than there is. */
function duration(seconds: number): string {
  const [count, unit] =
    seconds < 120 * 60 ? [Math.floor(seconds / 60), 'minute'] : [Math.floor(seconds / 3600), 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function linkedWords({ provider, accountName }: MessageOf<'identity-link'>): string {
  return accountName === null ? `An account at ${provider}` : `The account ${accountName} at ${provider}`;
}

function signInWords({ signIn: { at, deviceName, address } }: MessageOf<'new-sign-in'>): string {
  const time = at.toISOString().slice(0, 16).replace('T', ' ');
  return `${deviceName ?? 'An unknown device'}, on ${time} UTC${address === null ? '' : `, from ${address}`}`;
}

/** Of a purpose that only the app knows. */
function otherWords({ link, code }: Pick<Message, 'link' | 'code'>): Words {
  return ['A message about your account', code ?? '', link?.href ?? ''];
}
