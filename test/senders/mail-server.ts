import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as the server got it. */
export interface Received {
  readonly from: string;
  /** Of the envelope: where it goes, whatever its headers say. */
  readonly to: readonly string[];
  /** Everything above the first empty line, continued lines joined. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** A real SMTP server on a free port of loopback. */
export interface MailServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** What it says to the next mails instead of taking them. */
  refuse(code: number | null): void;
  close(): Promise<void>;
}

export async function mailServer({ startTls = false } = {}): Promise<MailServer> {
  const received: Received[] = [];
  let refusal: number | null = null;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', ...(startTls ? [] : ['STARTTLS'])],
    onRcptTo({ address }, _session, done) {
      done(refusal === null ? null : Object.assign(new Error(`no ${address} here`), { responseCode: refusal }));
    },
    onData(stream, { envelope }, done) {
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
      const to = envelope.rcptTo.map(({ address }) => address);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push({ from, to, ...parts(Buffer.concat(chunks).toString()) });
        done();
      });
    },
  });
  server.on('error', () => undefined); // clients that hang up
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuse: (code) => (refusal = code),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function parts(raw: string): Pick<Received, 'headers' | 'body'> {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  return { headers, body: readable(raw.slice(end + 4)) };
}

/** RFC 2045 §6.7, as far as mails here need it. */
function readable(body: string): string {
  const bytes = body.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => `%${hex}`);
  return bytes.replaceAll(/(%[0-9A-F]{2})+/g, (run) => decodeURIComponent(run));
}
