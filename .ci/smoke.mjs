// Starts the sample app as the README says, signs somebody up, and leaves nothing running.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_SECONDS = 90;
const STOP_SECONDS = 15;

for (const adapter of ['express', 'fastify']) await visit(adapter);

async function visit(adapter) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const app = start(adapter, port);
  try {
    await untilItAnswers(url, app);
    await check(url, (what) => console.log(`ok ${adapter}: ${what}`));
  } catch (error) {
    console.error(app.output());
    throw error;
  } finally {
    await stop(app);
  }
}

async function check(url, ok) {
  const home = await fetch(`${url}/`, { redirect: 'manual' });
  assert.ok(home.status === 401 || (home.status >= 300 && home.status < 400), `GET / answered ${home.status}`);
  ok('the home page wants a sign-in');

  if (home.headers.has('location')) {
    const page = await fetch(new URL(home.headers.get('location'), url));
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    ok('and sends the browser to a page');
  }

  const stranger = await fetch(`${url}/api`);
  assert.equal(stranger.status, 401);
  ok('the API refuses a stranger');

  const registered = await register(url);
  assert.equal(registered.status, 200, await registered.clone().text());
  const { token } = await registered.json();
  assert.equal(typeof token, 'string');
  ok('somebody registers and gets a token');

  const known = await fetch(`${url}/api`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(known.status, 200);
  ok('the API knows who it is');

  const cookies = registered.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const signedIn = await fetch(`${url}/`, { headers: { cookie: cookies.join('; ') } });
  assert.equal(signedIn.status, 200);
  ok('so does the home page, by the cookie');
}

function register(url) {
  const password = randomUUID();
  return fetch(`${url}/auth/user/password/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      email: `smoke-${randomUUID()}@example.com`,
      name: 'Smoke',
      password,
      passwordConfirmation: password,
    }),
  });
}

/** In a process group of its own: ending `nest start` alone would leave the app running. */
function start(adapter, port) {
  const app = spawn('npm', ['start'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ADAPTER: adapter, PORT: String(port) },
  });
  // The group is ours to end, also when this script is ended from outside.
  process.once('SIGTERM', () => {
    signal(app, 'SIGKILL');
    process.exit(1);
  });
  const chunks = [];
  for (const stream of [app.stdout, app.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  return { pid: app.pid, output: () => Buffer.concat(chunks).toString(), ended: () => app.exitCode !== null };
}

async function untilItAnswers(url, app) {
  for (let waited = 0; waited < START_SECONDS * 10; waited += 1) {
    if (app.ended()) throw new Error('the sample app ended before it answered');
    const answered = await fetch(url, { redirect: 'manual' }).catch(() => null);
    if (answered) return;
    await sleep(100);
  }
  throw new Error(`the sample app did not answer within ${START_SECONDS} s`);
}

async function stop(app) {
  signal(app, 'SIGTERM');
  for (let waited = 0; waited < STOP_SECONDS * 10; waited += 1) {
    if (!signal(app, 0)) return;
    await sleep(100);
  }
  signal(app, 'SIGKILL');
  throw new Error(`the sample app was still running ${STOP_SECONDS} s after SIGTERM`);
}

/** False when nobody of the group is left. */
function signal({ pid }, name) {
  try {
    return process.kill(-pid, name);
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
