import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTransport } from 'nodemailer';
import type { Message } from 'nest-auth-plug';
import { nodemailerSender, type Mail, type NodemailerOptions } from 'nest-auth-plug/senders/nodemailer';
import type { Platform } from 'nest-auth-plug/testing';
import { resolveNodemailerOptions } from '../../lib/senders/nodemailer/nodemailer.options.js';
import { ADA, register, visit } from '../security/visit.js';
import { mailServer, type MailServer } from './mail-server.js';

const from = 'My App <no-reply@app.example>';
const link = new URL('https://app.example/reset?token=abc');
const RESET: Message = { purpose: 'reset-password', to: ADA, user: null, tenant: null, link };

describe('the Nodemailer sender', () => {
  let server: MailServer;
  beforeEach(async () => {
    server = await mailServer();
  });
  afterEach(() => server.close());

  const mail = async (message: Message, options: Partial<NodemailerOptions> = {}) => {
    await nodemailerSender({ transport: server.url, from, ...options }).send(message);
    const received = server.received.at(-1);
    if (received === undefined) throw new Error('Expected a mail');
    return received;
  };
  const headerOf = ({ headers }: Awaited<ReturnType<typeof mail>>, name: string) =>
    headers
      .filter((line) => line.toLowerCase().startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trim());

  it.each<Platform>(['express', 'fastify'])('mails the link to the address on record, on %s', async (platform) => {
    const sender = nodemailerSender({ transport: server.url, from });
    const { app } = await visit(platform, { password: { resettable: { sender, page: '/reset' } } });
    await register(app.client());
    const json = { email: 'Ada@EXAMPLE.com' };
    await app.client().post('/auth/user/password/reset-request', { json });
    await app.idle();
    await app.close();

    const [received, ...others] = server.received;
    expect([received?.from, received?.to, others]).toEqual(['no-reply@app.example', [ADA], []]);
    expect(received?.body).toMatch(
      /To set one, open this link:\r\n\r\nhttp:\/\/localhost:3000\/reset\?token=[\w.-]+\r\n/,
    );
  });

  it('says who it is from, to whom it goes and that no person wrote it, as text and as HTML', async () => {
    const received = await mail(RESET);

    expect(headerOf(received, 'from')).toEqual([from]);
    expect(headerOf(received, 'to')).toEqual([ADA]);
    expect(headerOf(received, 'subject')).toEqual(['Set a new password']);
    expect(headerOf(received, 'auto-submitted')).toEqual(['auto-generated']);
    expect(received.body).toMatch(/text\/plain[^]*https:\/\/app\.example\/reset\?token=abc[^]*text\/html/);
    expect(received.body).toContain(`<a href="${link.href}">${link.href}</a>`);
  });

  it('takes words of the app’s own', async () => {
    const received = await mail(RESET, { texts: () => ({ subject: 'Neues Passwort', text: `Öffnen: ${link.href}` }) });

    expect(headerOf(received, 'subject')).toEqual(['Neues Passwort']);
    expect(received.body).toContain(`Öffnen: ${link.href}`);
  });

  it('takes a transporter of the app’s own', async () => {
    await nodemailerSender({ transport: createTransport(server.url), from }).send(RESET);

    expect(server.received).toHaveLength(1);
  });

  it.each([
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com, eve@example.com',
    'ada@example.com;eve@example.com',
    'eve@evil.example <ada@example.com>',
    '"ada@example.com> eve"@evil.example',
    'ada@example.com@evil.example',
    'ada(eve@evil.example)@example.com',
    'group:ada@example.com',
    'ada @example.com',
    'ada@exa\u0000mple.com',
    'ada@example.com\u2028',
    'ada',
    '@example.com',
    '',
  ])('[ASVS 1.3.11] mails nothing to %j, which is no address of one person', async (to) => {
    await expect(mail({ ...RESET, to })).rejects.toThrow(RangeError);
    expect(server.received).toEqual([]);
  });

  it('[ASVS 1.3.11] makes no header of what words say', async () => {
    const subject = 'Hello\r\nBcc: eve@example.com\r\n\r\nand more';
    const received = await mail(RESET, { texts: () => ({ subject, text: 'text\r\n.\r\nMAIL FROM:<a@b>' }) });

    expect(received.to).toEqual([ADA]);
    expect(headerOf(received, 'bcc')).toEqual([]);
    expect(headerOf(received, 'subject')).toEqual(['Hello Bcc: eve@example.com and more']);
    expect(server.received).toHaveLength(1);
  });

  it('reads no file and no URL that words name', async () => {
    const given: Mail[] = [];
    const transport = { sendMail: async (one: Mail) => void given.push(one) };
    await nodemailerSender({ transport, from }).send(RESET);

    expect(given).toMatchObject([{ disableFileAccess: true, disableUrlAccess: true, to: { address: ADA } }]);
  });

  it('fails where the server takes no such mail, so that it is tried again', async () => {
    server.refuse(451);
    await expect(mail(RESET)).rejects.toThrow();
    server.refuse(null);
    await mail(RESET);

    expect(server.received).toHaveLength(1);
  });

  it('[ASVS 12.3.1] sends nothing in the clear where TLS is asked for and the server has none', async () => {
    await expect(mail(RESET, { transport: `${server.url}?requireTLS=true` })).rejects.toThrow();
    expect(server.received).toEqual([]);
  });

  it.each<[string, Partial<NodemailerOptions>]>([
    ['no mail server', { transport: 'https://ada:hunter2@mail.example' }],
    ['no URL', { transport: 'smtp://ada:hunter2@:x' }],
    ['an empty URL', { transport: '' }],
    ['a second address', { from: 'a@app.example, hunter2@app.example' }],
    ['a line break', { from: 'hunter2@app.example\r\nX-Header: of eve' }],
    ['no address', { from: 'hunter2' }],
  ])('is not made with %s, and quotes nothing', (_, options) => {
    const make = () => nodemailerSender({ transport: server.url, from, ...options });

    expect(make).toThrow(RangeError);
    expect(make).not.toThrow(/hunter2/);
  });
});

describe('the URL of a mail server', () => {
  const resolved = (transport: string) => {
    const url = resolveNodemailerOptions({ transport, from }).transport;
    return new URL(typeof url === 'string' ? url : '').searchParams;
  };

  it.each([
    ['smtp://mail.example', 'true'],
    ['smtp://mail.example:587?pool=true', 'true'],
    ['smtp://127.evil.example', 'true'],
    ['smtp://mail.example?requireTLS=false', 'false'],
    ['smtps://mail.example', null], // it begins with TLS
    ['smtp://localhost:1025', null],
    ['smtp://[::1]:1025', null],
  ])('[ASVS 12.3.1] %s says of STARTTLS: %s', (transport, requireTls) => {
    expect(resolved(transport).get('requireTLS')).toBe(requireTls);
  });

  it('waits no longer than a try does, unless it says so itself', () => {
    const times = ['connectionTimeout', 'greetingTimeout', 'socketTimeout'] as const;
    const seconds = (transport: string) => times.map((name) => Number(resolved(transport).get(name)) / 1000);

    expect(seconds('smtps://mail.example')).toEqual([10, 10, 20]);
    expect(seconds('smtps://mail.example?socketTimeout=5000')).toEqual([10, 10, 5]);
  });
});
