// The load generator: keep-alive connections, one request in flight on each, requests in turn. It parses as little as possible, for
// it must keep up with a server that answers in 14 µs.
import { connect } from 'node:net';
import { answerParent } from './measure/child.mjs';

const END_OF_HEAD = '\r\n\r\n';
const { hasOwnCore } = JSON.parse(process.argv[2]);
const prepared = new Map();

answerParent({
  /**
   * Keeps the requests of a server, ready to be sent. Each run goes on where the last one ended: one that began anew would ask with what was
   * asked just before, and new tokens would be known ones.
   */
  prepare({ name, requests }) {
    prepared.set(name, { requests: requests.map((request) => Buffer.from(textOf(request))), next: 0 });
  },
  run: ({ name, ...how }) => run(prepared.get(name), how),
  stop,
});
process.on('disconnect', stop);

function stop() {
  setImmediate(() => process.exit());
}

function textOf({ method, path, headers, body }) {
  const content = body === undefined ? '' : JSON.stringify(body);
  const length = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': content.length };
  const lines = Object.entries({ host: 'localhost', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}${END_OF_HEAD}${content}`;
}

/** @returns `{ latencies, failed, seconds }`: all requests that were sent were also answered, each after so many milliseconds. */
async function run(turns, { port, connections, seconds }) {
  const began = performance.now();
  const shared = { turns, port, until: began + seconds * 1000, failed: 0, latencies: [] };
  const fallAsleep = stayAwake();
  if (connections === 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await Promise.all(Array.from({ length: connections }, () => keepAsking(shared)));
  fallAsleep();
  return { latencies: shared.latencies, failed: shared.failed, seconds: (performance.now() - began) / 1000 };
}

function keepAsking(shared) {
  const { turns, port, until } = shared;
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, ask);
    let asked = 0;
    let received = null;
    function ask() {
      asked = performance.now();
      if (asked >= until) return socket.end(resolve);
      socket.write(turns.requests[turns.next++ % turns.requests.length]);
    }
    socket.on('data', (chunk) => {
      received = received === null ? chunk : Buffer.concat([received, chunk]);
      const status = statusOf(received);
      if (status === null) return;
      if (status !== 200) shared.failed += 1;
      shared.latencies.push(performance.now() - asked);
      received = null;
      ask();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('The server closed a connection')));
  });
}

/** Null while the answer is not there in full. */
function statusOf(received) {
  const end = received.indexOf(END_OF_HEAD);
  if (end === -1) return null;
  const head = received.latin1Slice(0, end);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer without Content-Length: ${head}`);
  return received.length < end + END_OF_HEAD.length + Number(length) ? null : Number(head.slice(9, 12));
}

/**
 * A core that sleeps has to be woken for each answer, on a virtual machine by its host, and the server's write pays for that: the cheaper its
 * answers, the more rarely, so that ratios between servers are off by a third. So this one never sleeps, where it has a core of its own.
 */
function stayAwake() {
  let goesOn = hasOwnCore;
  const turn = () => goesOn && setImmediate(turn);
  turn();
  return () => (goesOn = false);
}
