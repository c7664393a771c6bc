import { createTransport } from 'nodemailer';
import { mailText } from '../mail-text.js';
import type { Message } from '../message.js';
import type { Sender } from '../sender.js';
import { resolveNodemailerOptions, type Mail, type NodemailerOptions } from './nodemailer.options.js';

/**
 * Mails every message by Nodemailer, to the address that is stored and to no other.
 *
 * @throws {RangeError} for an URL or an address that cannot be used.
 * @example password({ identityField: 'email', resettable: { sender: nodemailerSender({ transport, from }), page: '/reset' } })
 */
export function nodemailerSender(options: NodemailerOptions): Sender {
  const { transport, from, texts } = resolveNodemailerOptions(options);
  const transporter = typeof transport === 'string' ? createTransport(transport) : transport;
  return {
    async send(message) {
      await transporter.sendMail(mailOf(message, from, texts));
    },
  };
}

function mailOf(message: Message, from: string, texts: NodemailerOptions['texts']): Mail {
  return {
    from,
    to: { name: '', address: oneAddress(message.to) },
    ...mailText(message, texts),
    headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834 §5: no answering machine answers it
    // Words come from the app, and from nobody's file or URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Stored by us it is one; a row that came from elsewhere may hold a list, or a header. @throws {RangeError} */
function oneAddress(to: string): string {
  if (!/^[^\s\p{C}@,;:<>()[\]"\\]+@[^\s\p{C}@,;:<>()[\]"\\]+$/u.test(to)) throw new RangeError('to is not one address');
  return to;
}
