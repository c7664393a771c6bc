import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A service of ranges on loopback, which keeps what it was asked. */
export class RangeServer {
  readonly asked: { readonly url: string; readonly method: string; readonly headers: IncomingMessage['headers'] }[] =
    [];
  answer: Answer = (_request, response) => void response.end(PADDING);
  #server = createServer((request, response) => {
    this.asked.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers });
    this.answer(request, response);
  });

  /** @returns the endpoint, for `pwnedPasswords()` */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('Expected a port');
    return `http://127.0.0.1:${address.port}/range/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** What stands in every answer: digests of nothing, and some that leaked. */
export const PADDING = [
  '0018A45C4D1DEF81644B54AB7F969B88D65:10',
  '003D68EB55068C33ACE09247EE4C639306B:3',
  '00D4F6E8FA6EECAD2A3AA415EEC418D38EC:0',
].join('\r\n');
