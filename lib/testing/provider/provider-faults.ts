import type { ServerResponse } from 'node:http';
import type { ProviderAnswer, ProviderFault } from './provider-lies.js';

const HUGE_BYTES = 10 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, ' '); // white space between tokens: JSON all the same
const DRIP_MILLISECONDS = 20;

/** Sends the right answer, or fails in the given way. */
export function answer(response: ServerResponse, right: RightAnswer, fault: ProviderFault | undefined): void {
  if (fault === undefined) return send(response, right);
  if (typeof fault === 'object') return send(response, fault);
  FAULTS[fault](response, right);
}

/** What would be said, and where. */
export interface RightAnswer extends ProviderAnswer {
  readonly path: string;
}

function send(response: ServerResponse, { status = 200, contentType, headers, body }: ProviderAnswer): void {
  response.writeHead(status, { 'content-type': contentType ?? 'application/json', ...headers }).end(body);
}

type Way = (response: ServerResponse, right: RightAnswer) => void;

const FAULTS: Readonly<Record<Extract<ProviderFault, string>, Way>> = {
  html: (response, right) => send(response, { ...right, contentType: 'text/html' }),
  redirects: (response, { path }) =>
    send(response, { status: 307, headers: { location: `${REDIRECTED}${path}` }, body: '' }),
  'hangs-up': (response, { body }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length + 1 });
    response.write(body, () => response.destroy());
  },
  slow: (response, { body }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(body.slice(0, -1));
    const drip = setInterval(() => response.write(' '), DRIP_MILLISECONDS);
    response.on('close', () => clearInterval(drip));
  },
  huge: (response, { body }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(body.slice(0, -1));
    pour(response, HUGE_BYTES, () => response.end(body.slice(-1)));
  },
};

/** Below it are the same answers: where `redirects` sends. */
export const REDIRECTED = '/redirected';

/** As fast as it is read; stops where nobody reads any more. */
function pour(response: ServerResponse, bytes: number, done: () => void): void {
  if (response.destroyed) return;
  if (bytes <= 0) return done();
  response.write(CHUNK, () => pour(response, bytes - CHUNK.length, done));
}
