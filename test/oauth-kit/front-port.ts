import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A port that is known before the app behind it listens: providers are told of addresses in advance. */
export interface FrontPort {
  /** `http://localhost:…`: another site than the 127.0.0.1 of a provider. */
  readonly url: string;
  /** From now on whoever connects is connected there. */
  leadTo(url: string): void;
  close(): Promise<void>;
}

export async function frontPort(): Promise<FrontPort> {
  let to: URL | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    if (to === null) return void incoming.destroy();
    const outgoing = connect(Number(to.port), to.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return {
    url: `http://localhost:${address.port}`,
    leadTo: (url) => void (to = new URL(url)),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
