import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createApp } from '../../sample-app/src/create-app.js';
import { readSettings, type Settings } from '../../sample-app/src/settings.js';
import { inOneLine } from '../../sample-app/src/start-errors.js';
import { sampleSettings, SECRET } from './start-sample.js';

const ENV = { AUTH_SECRET: SECRET, DATABASE_URL: 'file:made-up.db' };

describe('the settings of the sample app', () => {
  it('are those of development on Express where the environment says nothing', () => {
    expect(readSettings({ ...ENV })).toEqual({
      adapter: 'express',
      port: 3000,
      localIdPort: 3001,
      acmePort: 3002,
      publicUrl: 'http://localhost:3000',
      databaseUrl: 'file:made-up.db',
      secret: SECRET,
      isProduction: false,
      registration: 'immediate',
      variables: ENV,
    });
  });

  it('come from the environment', () => {
    expect(readSettings({ ...ENV, ADAPTER: 'fastify', PORT: '8080', REGISTRATION: 'confirm-first' })).toMatchObject({
      registration: 'confirm-first',
      adapter: 'fastify',
      port: 8080,
      publicUrl: 'http://localhost:8080',
    });
  });

  it('have no secret in production but the one that is given', () => {
    expect(readSettings({ NODE_ENV: 'production', DATABASE_URL: 'file:made-up.db' })).toMatchObject({
      secret: undefined,
      isProduction: true,
    });
  });

  it.each([
    [{ PORT: '80x' }, /^PORT/],
    [{ PORT: '0' }, /^PORT/],
    [{ PORT: '65536' }, /^PORT/],
    [{ LOCAL_ID_PORT: 'x' }, /^LOCAL_ID_PORT/],
    [{ ACME_PORT: 'x' }, /^ACME_PORT/],
    [{ ADAPTER: 'koa' }, /^ADAPTER/],
    [{ REGISTRATION: 'open' }, /^REGISTRATION/],
  ])('refuse %j in one line', (env, line) => {
    expect(lineOf(() => readSettings({ ...ENV, ...env }))).toMatch(line);
  });
});

describe('a start that cannot work', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });

  async function start(changes: Partial<Settings>): Promise<unknown> {
    const { settings, forget } = await sampleSettings(changes);
    cleanUps.push(forget);
    try {
      const app = await createApp(settings, { logger: false });
      cleanUps.push(() => app.close());
      await app.listen(settings.port, '127.0.0.1');
    } catch (error) {
      return inOneLine(error);
    }
    return 'started';
  }

  it.each<[string, Partial<Settings>]>([
    ['AUTH_SECRET', { secret: 'short' }],
    ['AUTH_SECRET', { secret: undefined }],
    ['DATABASE_URL', { databaseUrl: 'file:/proc/no/such/folder/app.db' }],
    ['DATABASE_URL', { databaseUrl: 'mysql://root:hunter2@localhost/app' }],
    ['NODE_ENV=production', { isProduction: true }],
    ['NODE_ENV=production', { isProduction: true, adapter: 'fastify' }],
  ])('says %s in one line, for %j', async (name, changes) => {
    const line = await start(changes);

    expect(line).toMatch(new RegExp(`^${name}: [^\\n]+$`));
    expect(line).not.toContain('hunter2');
  });

  it.each(['express', 'fastify'] as const)('says which port is in use on %s', async (adapter) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    cleanUps.push(async () => other.close());
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;

    expect(await start({ adapter, ...(port !== undefined && { port }) })).toMatch(
      `port ${port} is in use: end what has it, or choose another, such as PORT=3010 (the app listens on that and on the two after it)`,
    );
  });

  it('keeps the stack of a bug', () => {
    expect(inOneLine(new TypeError('x is not a function'))).toBeNull();
  });
});

function lineOf(call: () => unknown): string | null {
  try {
    call();
  } catch (error) {
    return inOneLine(error);
  }
  return null;
}
