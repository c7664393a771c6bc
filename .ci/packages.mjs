// Installs the packed tarball as an app would: beside Nest 12 and beside Nest 11, in an ES module and in a CommonJS package, and
// signs somebody in there on Express and on Fastify. The app is the smallest one of the README, compiled with its types checked.
// Prints a line per thing that holds. `node .ci/packages.mjs FOLDER` leaves the installations in FOLDER.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TSC = resolve('node_modules/typescript/bin/tsc');
const START_SECONDS = 60;
const NODENEXT = { module: 'nodenext' };
/** As in apps that began with Nest 11 or before: TypeScript reads no `exports` there. */
const CLASSIC = { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0', esModuleInterop: true };
const folder = resolve(process.argv[2] ?? '');

const source = appOf(await readFile('README.md', 'utf8'));
const [{ filename }] = JSON.parse((await run('npm', ['pack', '--json', '--pack-destination', folder])).stdout);
const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
for (const nest of ['12', '11']) {
  const installed = await install(nest, join(folder, filename));
  for (const type of ['module', 'commonjs']) {
    const app = await compile(join(installed, type), type, nest === '11' && type === 'commonjs' ? CLASSIC : NODENEXT);
    for (const platform of ['express', 'fastify']) {
      await visit(app, platform);
      console.log(`ok Nest ${nest}, ${type}: somebody signs in on ${platform}`);
    }
  }
}

/** The README's smallest app, on a platform and a port that are said from outside. */
function appOf(readme) {
  const [, block] = /## The smallest app[^]*?```ts\n([^]*?)```/.exec(readme) ?? [];
  const start = /const app = await NestFactory\.create\(AppModule\);\nawait app\.listen\(3000\);\n/;
  assert.match(block ?? '', start, 'README.md: the smallest app ends otherwise than this script expects');
  return block
    .replace(
      '// main.ts\n',
      "import { ExpressAdapter } from '@nestjs/platform-express';\nimport { FastifyAdapter } from '@nestjs/platform-fastify';\n",
    )
    .replace("'file:my-app.db'", "'file:' + process.argv[3]")
    .replace(
      start,
      `
async function start(): Promise<void> {
  const adapter = process.argv[2] === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  console.log('at ' + (await app.getUrl()));
}
void start();
`,
    );
}

async function install(nest, tarball) {
  const installed = join(folder, `nest-${nest}`);
  await mkdir(installed);
  await writeFile(join(installed, 'package.json'), JSON.stringify({ name: 'empty', private: true }));
  const ours = ['kysely', 'libsql', 'reflect-metadata', 'rxjs', '@types/express', '@types/node'].map(
    (name) => `${name}@${devDependencies[name]}`,
  );
  // The test kit, @nestjs/testing and @nestjs/swagger are for the visits of our own tests on this Nest.
  const theirs = ['common', 'core', 'platform-express', 'platform-fastify', 'testing', 'swagger'].map(
    (name) => `@nestjs/${name}@${nest}`,
  );
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball, ...ours, ...theirs], {
    cwd: installed,
  });
  return installed;
}

async function compile(app, type, modules) {
  await mkdir(app);
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: type, private: true, type }));
  await writeFile(join(app, 'main.ts'), source);
  const compilerOptions = {
    ...modules,
    target: 'es2022',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
    outDir: 'dist',
    rootDir: '.',
  };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  await run('node', [TSC, '-p', app]); // what it says stands in the error's `stdout`
  return app;
}

async function visit(app, platform) {
  const env = { ...process.env, AUTH_SECRET: randomBytes(48).toString('base64') };
  const server = spawn('node', ['dist/main.js', platform, `${platform}.db`], {
    cwd: app,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => server.kill('SIGKILL'), START_SECONDS * 1000);
  try {
    await signInAt(await urlOf(server));
  } finally {
    clearTimeout(timer);
    server.kill('SIGKILL');
  }
}

async function urlOf(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.startsWith('at ')) return line.slice('at '.length);
  }
  throw new Error('the app did not start');
}

async function signInAt(url) {
  const post = (path, body) =>
    fetch(`${url}/auth/user/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const email = 'ada@example.com';
  const typed = { password: 'a pear tree in june', passwordConfirmation: 'a pear tree in june' };
  assert.equal((await fetch(url)).status, 401);
  assert.equal((await post('password/register', { email, ...typed })).status, 200);
  assert.equal((await post('password/sign-in', { email, password: 'another pear tree' })).status, 401);
  const answer = await post('password/sign-in', { email, password: typed.password });
  assert.equal(answer.status, 200);
  const session = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('__Host-user-session='));
  assert.ok(session, 'a session cookie');
  const home = await fetch(url, { headers: { cookie: session.slice(0, session.indexOf(';')) } });
  assert.deepEqual(await home.json(), { message: `Hello ${email}` });
}
