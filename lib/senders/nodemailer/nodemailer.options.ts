import { isLoopback } from '../../network/index.js';
import type { MailTexts } from '../mail-text.js';

/** Options of {@link nodemailerSender}. */
export interface NodemailerOptions {
  /**
   * `smtps://user:password@mail.example`, or a transporter of Nodemailer's `createTransport`. Over `smtp://` nothing is sent before
   * STARTTLS (RFC 3207), but to this machine itself; `?requireTLS=false` gives that up.
   */
  readonly transport: string | MailTransporter;
  /** One address, with a name or without: `My App <no-reply@app.example>`. */
  readonly from: string;
  /** Words of your own, such as a translation; what it leaves out is said in English. @default English */
  readonly texts?: MailTexts | undefined;
}

/** What this library asks of a transporter. */
export interface MailTransporter {
  sendMail(mail: Mail): Promise<unknown>;
}

/** What a transporter is given. */
export interface Mail {
  readonly from: string;
  /** An object, so that nothing in it is read as a list of addresses. */
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: { readonly [name: string]: string };
  readonly disableFileAccess: true;
  readonly disableUrlAccess: true;
}

/** @throws {RangeError} which quotes neither: an URL holds a password. */
export function resolveNodemailerOptions({ transport, from, texts }: NodemailerOptions): NodemailerOptions {
  if (/\p{Cc}/u.test(from) || from.split('@').length !== 2) {
    throw new RangeError('nodemailerSender: from must be one address, such as My App <no-reply@app.example>');
  }
  return { transport: typeof transport === 'string' ? resolveUrl(transport) : transport, from, texts };
}

/** Shorter than this library waits for a try, so that a try which is given up leaves no connection behind. */
const TIME_OUTS_MS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

function resolveUrl(text: string): string {
  if (!/^smtps?:\/\//.test(text) || !URL.canParse(text) || !URL.canParse(webUrl(new URL(text)))) {
    throw new RangeError('nodemailerSender: transport must be an URL such as smtps://user:password@mail.example');
  }
  const url = new URL(text);
  const isSafe = url.protocol === 'smtps:' || isLoopback(new URL(webUrl(url)));
  const options = { ...TIME_OUTS_MS, ...(!isSafe && { requireTLS: true }) };
  for (const [name, value] of Object.entries(options)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** Its host, in the one kind of URL whose hosts are read as such. */
function webUrl({ host }: URL): string {
  return `http://${host}`;
}
