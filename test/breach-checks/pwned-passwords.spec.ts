import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pwnedPasswords } from '../../lib/breach-checks/pwned-passwords/index.js';
import { PADDING, RangeServer, type Answer } from './range-server.js';

const PASSWORD = 'correct horse battery';
const DIGITS = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase();
const [PREFIX, SUFFIX] = [DIGITS.slice(0, 5), DIGITS.slice(5)];

let server: RangeServer;
let endpoint: string;

beforeEach(async () => {
  server = new RangeServer();
  endpoint = await server.listen();
});

afterEach(() => server.close());

const ask = (password = PASSWORD, signal = new AbortController().signal) =>
  pwnedPasswords({ endpoint })(password, signal);
const text =
  (body: string, status = 200): Answer =>
  (_request, response) => {
    response.statusCode = status;
    response.end(body);
  };

describe('a question for a leaked password', () => {
  it('[ASVS 6.2.12] holds five digits of its SHA-1, asks for padding, and says nothing else of it', async () => {
    expect(await ask()).toBe(false);

    const [asked] = server.asked;
    expect(asked).toMatchObject({ url: `/range/${PREFIX}`, method: 'GET', headers: { 'add-padding': 'true' } });
    expect(JSON.stringify(asked)).not.toContain(SUFFIX.slice(0, 5));
    expect(JSON.stringify(asked)).not.toMatch(/correct|horse|battery/);
    expect(Object.keys(asked?.headers ?? {})).not.toContain('cookie');
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['yes where it is listed', `${PADDING}\r\n${SUFFIX}:1`, true],
    ['yes with line feeds alone, and one at the end', `${SUFFIX}:4242\n${PADDING.replaceAll('\r', '')}\n`, true],
    ['no where it is not', PADDING, false],
    ['no where it is padding, which counts zero', `${PADDING}\r\n${SUFFIX}:0`, false],
    ['no where another begins like it', `${SUFFIX.slice(0, 34)}${SUFFIX.endsWith('0') ? '1' : '0'}:7`, false],
  ])('[ASVS 6.2.12] is answered %s', async (_what, body, breached) => {
    server.answer = text(body);

    expect(await ask()).toBe(breached);
  });

  it.each<readonly [string, Answer]>([
    ['by an error', text(PADDING, 500)],
    ['by a limit', text(PADDING, 429)],
    ['by another success', text(PADDING, 206)],
    ['by nothing', text('')],
    ['by a page', text('<html>Sign in to the Wi-Fi</html>')],
    ['by a range with one broken line', text(`${PADDING}\r\n${SUFFIX}`)],
    ['by a cut line', text(`${PADDING}\r\n${SUFFIX.slice(0, 20)}:1`)],
    ['by 300 KiB', text(`${'0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n'.repeat(8000)}${SUFFIX}:1`)],
    ['by half an answer', (_request, response) => void response.write(PADDING, () => response.destroy())],
    ['by silence and a closed line', (request) => void request.socket.destroy()],
    [
      'by the way to another server',
      (request, response) => {
        if (request.url?.startsWith('/range/') === true) response.writeHead(302, { location: '/elsewhere' }).end();
        else response.end(`${SUFFIX}:1`);
      },
    ],
  ])('[ASVS 6.2.12] is no answer when it is met %s', async (_how, answer) => {
    server.answer = answer;

    await expect(ask()).rejects.toThrow();
    expect(server.asked.every(({ url }) => url === `/range/${PREFIX}`)).toBe(true);
  });

  it('[ASVS 6.2.12] ends when it is not waited for any longer', async () => {
    const over = new AbortController();
    const closed = new Promise<void>((resolve) => {
      server.answer = (request) => {
        request.socket.once('close', () => resolve());
        over.abort();
      };
    });

    await expect(ask(PASSWORD, over.signal)).rejects.toThrow();
    await closed;
  });

  it('[ASVS 6.2.12] has no answer where nobody listens', async () => {
    const deaf = new RangeServer();
    const gone = await deaf.listen();
    await deaf.close();

    await expect(pwnedPasswords({ endpoint: gone })(PASSWORD, new AbortController().signal)).rejects.toThrow();
  });
});

describe('the endpoint', () => {
  it.each([
    'http://api.pwnedpasswords.com/range/',
    'http://127.0.0.1.example.com/range/',
    'http://127.example.com/range/',
    'https://api.pwnedpasswords.com/range',
    'https://api.pwnedpasswords.com/range/?x=/',
    'https://user@api.pwnedpasswords.com/range/',
    'https://:key@api.pwnedpasswords.com/range/',
    'ftp://api.pwnedpasswords.com/range/',
    'nowhere',
  ])('[ASVS 6.2.12] %s is refused at the call', (bad) => {
    expect(() => pwnedPasswords({ endpoint: bad })).toThrow(RangeError);
  });

  it('is the public service unless told otherwise, and may be a mirror', () => {
    expect(() => pwnedPasswords()).not.toThrow();
    expect(() => pwnedPasswords({ endpoint: 'https://pwned.example/mirror/' })).not.toThrow();
  });
});
