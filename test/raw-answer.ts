import { connect } from 'node:net';

/** What a server answers to bytes that no HTTP client would send. */
export function rawAnswer(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    // A server that refuses closes before it has read all; what it said by then is the answer.
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
  });
}
