import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AUTH_CLOCK } from 'nest-auth-plug';
import type { FakeClock, Platform } from 'nest-auth-plug/testing';
import { AppModule } from '../../sample-app/src/app.module.js';
import { createApp } from '../../sample-app/src/create-app.js';
import type { Settings } from '../../sample-app/src/settings.js';

export const SECRET = 'x9Qm2WvT7cKpLr4ZsYb8NdHf3GjUe6Ai';

/** The sample app at work, with a database file of its own. */
export interface Sample {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface SampleSettings {
  readonly settings: Settings;
  readonly forget: () => Promise<void>;
}

export async function sampleSettings(changes: Partial<Settings> = {}): Promise<SampleSettings> {
  const folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
  const port = await freePort();
  const settings = {
    adapter: 'express' as const,
    port,
    localIdPort: await freePort(),
    acmePort: await freePort(),
    publicUrl: `http://localhost:${port}`,
    databaseUrl: `file:${join(folder, 'app.db')}`,
    secret: SECRET,
    isProduction: false,
    registration: 'immediate' as const,
    variables: {},
    ...changes,
  };
  return { settings, forget: () => rm(folder, { recursive: true }) };
}

/** @param host where it listens: with 0.0.0.0 it is reached by any address of this machine */
export async function startSample(
  adapter: Platform,
  host = '127.0.0.1',
  changes: Partial<Settings> = {},
): Promise<Sample> {
  const { settings, forget } = await sampleSettings({ ...changes, adapter });
  return listening(await createApp(settings, { logger: false }), settings, forget, host);
}

/**
 * The same, at a time that a test moves.
 *
 * @param watch what is to see the app before it has any route
 */
export async function startSampleAt(
  clock: FakeClock,
  platform: Platform = 'express',
  watch: (app: INestApplication) => void = () => undefined,
): Promise<Sample> {
  const { settings, forget } = await sampleSettings({ adapter: platform });
  const module = await Test.createTestingModule({ imports: [AppModule.with(settings)] })
    .overrideProvider(AUTH_CLOCK)
    .useValue(clock)
    .compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = module.createNestApplication(adapter, { logger: false });
  watch(app);
  return listening(app, settings, forget, '127.0.0.1');
}

async function listening(
  app: INestApplication,
  { port, publicUrl }: Settings,
  forget: SampleSettings['forget'],
  host: string,
): Promise<Sample> {
  await app.listen(port, host);
  const close = async () => {
    await app.close();
    await forget();
  };
  return { url: publicUrl, close };
}

/** The app has to know its address before it listens: links begin with it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  server.close();
  await once(server, 'close');
  return port;
}
