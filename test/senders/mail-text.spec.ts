import { describe, expect, it } from '@jest/globals';
import { mailText, type Message } from 'nest-auth-plug';

const to = { to: 'ada@example.com', user: null, tenant: null };
const link = new URL('https://app.example/reset?token=abc&x=%22%3E');
const signIn = { at: new Date(Date.UTC(2026, 0, 1, 9, 30)), deviceName: 'Firefox on Linux', address: '203.0.113.7' };

const MESSAGES: readonly Message[] = [
  { ...to, purpose: 'reset-password', link, lifetimeSeconds: 1800 },
  { ...to, purpose: 'magic-link', link, lifetimeSeconds: 600 },
  { ...to, purpose: 'otp', code: '<4711>', link, lifetimeSeconds: 60 },
  { ...to, purpose: 'confirmation', link, lifetimeSeconds: 86_400 },
  { ...to, purpose: 'email-change-requested' },
  { ...to, purpose: 'email-changed' },
  { ...to, purpose: 'change-attempt' },
  { ...to, purpose: 'registration-attempt' },
  { ...to, purpose: 'identity-link', link, provider: 'Acme & Co', accountName: '<ada>', lifetimeSeconds: 600 },
  { ...to, purpose: 'identity-link', link, provider: 'Acme', accountName: null },
  { ...to, purpose: 'identity-linked', provider: 'Acme & Co' },
  { ...to, purpose: 'identity-unlinked', provider: 'Acme & Co' },
  { ...to, purpose: 'remember-me-theft' },
  { ...to, purpose: 'new-sign-in', signIn },
  { ...to, purpose: 'passkey-added', passkeyName: '<b>Key ring</b>' },
  { ...to, purpose: 'passkey-removed', passkeyName: '<b>Key ring</b>' },
  { ...to, purpose: 'second-factor-changed', factor: '<App>', change: 'added' },
  { ...to, purpose: 'recovery-code-used', codesLeft: 9 },
];

describe('the words of a mail', () => {
  it.each(MESSAGES)('say in English what $purpose is about', (message) => {
    expect(mailText(message)).toMatchSnapshot();
  });

  it.each(MESSAGES)('are the same as HTML, with nothing of $purpose in it that is not escaped', (message) => {
    const { text, html } = mailText(message);
    const tags = new Set(html.match(/<[^>]*>/g) ?? []);

    for (const tag of tags) expect(tag).toMatch(/^<(\/?p|\/?strong|br|\/a|a href="https:\/\/app\.example\/[^"<>]+")>$/);
    expect(
      html
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&'),
    ).toBe(text.replaceAll('\n\n', '\n'));
  });

  it.each([
    [undefined, 'It works once.'],
    [60, 'It works once, for 1 minute.'],
    [599, 'It works once, for 9 minutes.'],
    [7199, 'It works once, for 119 minutes.'],
    [7200, 'It works once, for 2 hours.'],
    [86_399, 'It works once, for 23 hours.'],
  ])('promise no more time than there is: %s seconds', (lifetimeSeconds, sentence) => {
    expect(mailText({ ...to, purpose: 'reset-password', link, lifetimeSeconds }).text).toContain(sentence);
  });

  it('say what there is of a purpose that only the app knows', () => {
    const message = { ...to, purpose: 'invitation', link } as unknown as Message; // as it comes where nobody declared it

    expect(mailText(message)).toMatchObject({ subject: 'A message about your account', text: link.href });
  });

  it('name an unknown device so, and no address where there is none', () => {
    const message = { ...to, purpose: 'new-sign-in', signIn: { ...signIn, deviceName: null, address: null } } as const;

    expect(mailText(message).text).toContain('An unknown device, on 2026-01-01 09:30 UTC\n');
  });

  it('are the app’s own where it has some, and English where it has none', () => {
    const german = (message: Message) =>
      message.purpose === 'otp' ? { subject: 'Ihr Code', text: `Guten Tag <Ada>,\n\n${message.code}` } : undefined;
    const [reset, , otp] = MESSAGES.map((message) => mailText(message, german));

    expect(otp).toEqual({
      subject: 'Ihr Code',
      text: 'Guten Tag <Ada>,\n\n<4711>',
      html: '<p>Guten Tag &lt;Ada&gt;,</p>\n<p><strong>&lt;4711&gt;</strong></p>',
    });
    expect(reset?.subject).toBe('Set a new password');
  });

  it('keep HTML of the app’s own as it is', () => {
    const own = () => ({ subject: 's', text: 't', html: '<h1>t</h1>' });

    expect(mailText({ ...to, purpose: 'reset-password', link }, own).html).toBe('<h1>t</h1>');
  });

  it('[ASVS 1.3.11] leave no line break in a subject, whoever wrote it', () => {
    const own = () => ({ subject: ' Hello\r\nBcc: eve@example.com\u2028\0x ', text: 't' });

    expect(mailText({ ...to, purpose: 'reset-password', link }, own).subject).toBe('Hello Bcc: eve@example.com x');
  });
});
