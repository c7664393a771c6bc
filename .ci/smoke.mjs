// Starts the sample app as the README says and visits it: on both platforms, over a kill -9, with every kind of database, and
// where it cannot start. Prints a line per thing that holds, and leaves nothing running.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';

const START_SECONDS = 90;
const STOP_SECONDS = 15;
const POSTGRES = process.env.NEST_AUTH_PLUG_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432';
const MARIADB = process.env.NEST_AUTH_PLUG_TEST_MARIADB ?? 'mariadb://root@127.0.0.1:3306';
const BUILT = ['node', ['dist-sample/sample-app/src/main.js']]; // what `npm start` ends up with, without building again

const running = new Set();
process.once('SIGTERM', () => {
  for (const app of running) signal(app, 'SIGKILL');
  process.exit(1);
});

const scratch = await mkdtemp(join(tmpdir(), 'smoke-'));
try {
  for (const adapter of ['express', 'fastify']) {
    const say = (what) => console.log(`ok ${adapter}: ${what}`);
    await visitAsNewcomer(adapter, say);
    await survive(adapter, `file:${join(scratch, `${adapter}.db`)}`, say);
  }
  await onPostgres((what) => console.log(`ok postgres: ${what}`));
  await onMariadb((what) => console.log(`ok mariadb: ${what}`));
  await refuseToStart((what) => console.log(`ok start: ${what}`));
} finally {
  await rm(scratch, { recursive: true });
}

/** `npm start` and nothing else; the database file is the sample app's own. */
async function visitAsNewcomer(adapter, ok) {
  const port = await freePort();
  await withApp(['npm', ['start']], { ADAPTER: adapter, PORT: port }, async () => {
    const url = `http://localhost:${port}`;
    await lookAround(url, ok);
    const visitor = await registerByJson(url, ok);
    await callWithToken(url, visitor, ok);
    await useForms(url, ok);
    await copyFromReadme(url, ok);
  });
}

async function lookAround(url, ok) {
  const home = await fetch(`${url}/`, { redirect: 'manual' });
  assert.equal(home.status, 303);
  ok('the home page wants a sign-in');

  const page = await fetch(new URL(home.headers.get('location'), url));
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  ok('and sends the browser to a page');

  const program = await fetch(`${url}/`, { headers: { accept: 'application/json' }, redirect: 'manual' });
  assert.equal(program.status, 401);
  ok('and tells a program 401');

  assert.equal((await fetch(`${url}/api`)).status, 401);
  ok('the API refuses a stranger');
}

async function registerByJson(url, ok) {
  const typed = newcomer();
  const registered = await fetch(`${url}/auth/user/password/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(typed),
  });
  assert.equal(registered.status, 200, await registered.clone().text());
  const { user, token } = await registered.json();
  assert.equal(user.email, typed.email.toLowerCase());
  assert.equal(typeof token, 'string');
  ok('somebody registers, is told who they are and gets a token');
  return { ...typed, token, cookie: cookiesOf(registered) };
}

async function callWithToken(url, { name, token, cookie }, ok) {
  const known = await fetch(`${url}/api`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(known.status, 200);
  assert.equal((await known.json()).user.name, name);
  ok('the API knows who it is, by the token');

  const home = await fetch(`${url}/`, { headers: { cookie } });
  assert.equal(home.status, 200);
  assert.ok((await home.text()).includes(`Hello ${name}`));
  ok('so does the home page, by the cookie');
}

async function useForms(url, ok) {
  const typed = newcomer();
  const post = (path, fields, cookie) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: url, ...(cookie && { cookie }) },
      body: new URLSearchParams(fields),
    });

  const registered = await post('/auth/user/password/register', typed);
  assert.deepEqual([registered.status, registered.headers.get('location')], [303, '/']);
  ok('a form registers somebody and leads home');

  const out = await post('/auth/user/session/sign-out', {}, cookiesOf(registered));
  assert.equal(out.status, 303);
  const home = await fetch(`${url}/`, { headers: { cookie: cookiesOf(registered) }, redirect: 'manual' });
  assert.equal(home.status, 303);
  ok('signing out ends it, for a copied cookie too');

  assert.equal((await post('/auth/user/password/reset-request', { email: typed.email })).status, 303);
  const link = await mailedLink(url);
  const password = randomUUID();
  const fields = { resetToken: link.searchParams.get('token'), password, passwordConfirmation: password };
  const reset = await post('/auth/user/password/reset', fields);
  assert.match(reset.headers.get('location'), /^\/sign-in\?notice=/);
  const signedIn = await post('/auth/user/password/sign-in', { email: typed.email, password });
  assert.deepEqual([signedIn.status, signedIn.headers.get('location')], [303, '/']);
  ok('the mailed link sets a new password');
}

/** The lines with curl, word for word but for the port, and for the address: the file may know it from the last run. */
async function copyFromReadme(url, ok) {
  const blocks = (await readFile('README.md', 'utf8')).matchAll(/^```sh\n(.*?)^```/gms);
  const [, lines] = [...blocks].find(([, code]) => code.includes('curl'));
  const script = lines.replaceAll('http://localhost:3000', url).replaceAll('ada@', `ada-${randomUUID()}@`);
  const { stdout } = await promisify(execFile)('bash', ['-euc', script]);
  assert.match(stdout, /"message":"Hello Ada"/);
  ok('the lines of the README work as they are');
}

async function mailedLink(url) {
  for (let tries = 0; tries < 50; tries += 1) {
    const page = await (await fetch(`${url}/dev/outbox`)).text();
    const [, href] = /<a href="([^"]+\/reset\?token=[^"]+)"/.exec(page) ?? [];
    if (href !== undefined) return new URL(href);
    await sleep(100);
  }
  throw new Error('no mail arrived in the outbox');
}

/** The listener is killed as by a power cut; the same file is opened again, and nobody has to sign in again. */
async function survive(adapter, databaseUrl, ok) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { ADAPTER: adapter, PORT: port, DATABASE_URL: databaseUrl };
  let visitor;
  await withApp(BUILT, env, async (app) => {
    visitor = await registerByJson(url, () => {});
    signal(app, 'SIGKILL');
    await ended(app);
  });
  await withApp(BUILT, env, () => callWithToken(url, visitor, (what) => ok(`after a kill -9, ${what}`)));
}

async function onPostgres(ok) {
  const name = `nest_auth_plug_smoke_${randomBytes(6).toString('hex')}`;
  try {
    await askPostgres(`create database ${name}`);
  } catch (error) {
    if (error.code !== 'ECONNREFUSED') throw error;
    console.log('skipped postgres: no server answers');
    return;
  }
  try {
    await survive('express', Object.assign(new URL(POSTGRES), { pathname: `/${name}` }).href, ok);
  } finally {
    await askPostgres(`drop database ${name} with (force)`);
  }
}

async function askPostgres(text) {
  const url = Object.assign(new URL(POSTGRES), { pathname: '/postgres' });
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function onMariadb(ok) {
  const name = `nest_auth_plug_smoke_${randomBytes(6).toString('hex')}`;
  let connection;
  try {
    connection = await createConnection({ uri: MARIADB, connectTimeout: 2000 });
  } catch (error) {
    if (error.code !== 'ECONNREFUSED') throw error;
    console.log('skipped mariadb: no server answers');
    return;
  }
  await connection.query(`create database ${name}`);
  try {
    // As most write it, whichever of the two servers it is.
    const url = Object.assign(new URL(MARIADB), { pathname: `/${name}` }).href.replace(/^mariadb:/, 'mysql:');
    await survive('fastify', url, ok);
  } finally {
    await connection.query(`drop database ${name}`);
    await connection.end();
  }
}

async function refuseToStart(ok) {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address();
  const cases = [
    { what: 'a port in use', env: { PORT: port }, words: `port ${port} is in use` },
    { what: 'an unwritable file', env: { DATABASE_URL: 'file:/proc/no/app.db' }, words: 'DATABASE_URL' },
    { what: 'a weak secret', env: { AUTH_SECRET: 'secret' }, words: 'AUTH_SECRET' },
    { what: 'production without mail', env: { NODE_ENV: 'production' }, words: 'NODE_ENV=production' },
  ];
  for (const { what, env, words } of cases) {
    const app = start(BUILT, { PORT: await freePort(), DATABASE_URL: `file:${join(scratch, 'refused.db')}`, ...env });
    assert.equal(await ended(app), 1, what);
    assert.match(app.output(), /^[^\n]+\n$/, what);
    assert.ok(app.output().includes(words), app.output());
    ok(`${what} is one line and exit code 1`);
  }
  taken.close();
}

function newcomer() {
  const password = randomUUID();
  const email = `Smoke-${randomUUID()}@Example.com`;
  return { email, name: 'Smoke', password, passwordConfirmation: password };
}

function cookiesOf(response) {
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.join('; ');
}

async function withApp(command, env, visit) {
  const app = start(command, env);
  try {
    await untilItAnswers(`http://localhost:${env.PORT}`, app);
    await visit(app);
  } catch (error) {
    console.error(app.output());
    throw error;
  } finally {
    await stop(app);
  }
}

/** In a process group of its own: ending `npm start` alone would leave the app running. */
function start([command, args], env) {
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])) },
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const exit = new Promise((resolve) => child.once('close', resolve));
  const app = { pid: child.pid, output: () => Buffer.concat(chunks).toString(), exit };
  running.add(app);
  return app;
}

/** @returns the exit code */
async function ended(app) {
  const late = sleep(STOP_SECONDS * 1000, null, { ref: false }).then(() => {
    throw new Error(`the sample app did not end within ${STOP_SECONDS} s`);
  });
  return Promise.race([app.exit, late]);
}

async function untilItAnswers(url, app) {
  let isOver = false;
  void app.exit.then(() => (isOver = true));
  for (let waited = 0; waited < START_SECONDS * 10; waited += 1) {
    if (isOver) throw new Error('the sample app ended before it answered');
    const answered = await fetch(url, { redirect: 'manual' }).catch(() => null);
    if (answered) return;
    await sleep(100);
  }
  throw new Error(`the sample app did not answer within ${START_SECONDS} s`);
}

async function stop(app) {
  signal(app, 'SIGTERM');
  for (let waited = 0; waited < STOP_SECONDS * 10; waited += 1) {
    if (!signal(app, 0)) {
      running.delete(app);
      return;
    }
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
