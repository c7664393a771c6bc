import {
  Controller,
  type INestApplication,
  type LoggerService,
  type ModuleMetadata,
  type NestApplicationOptions,
  type Type,
} from '@nestjs/common';
import { memoryDataLayer } from '../adapters/memory/index.js';
import { AUTH_CORE, type AuthCore, type Log } from '../activities/index.js';
import {
  AUTH_CLOCK,
  AUTH_LOG,
  AuthModule,
  AuthService,
  DATA_LAYER,
  defineOtpApp,
  type ModuleExtras,
  type OtpApp,
} from '../module/index.js';
import { JsonAuthPlug, type AuthPlug } from '../plug/index.js';
import type { AnyResource, DataLayer, DataLayerAdapter } from '../resources/index.js';
import { KeyRefresher } from '../tokens/index.js';
import { Client } from './client.js';
import { FakeClock } from './fake-clock.js';

export type Platform = 'express' | 'fastify';

/** What a test app is made of. */
export interface AuthTestAppOptions extends ModuleExtras {
  readonly resources: readonly AnyResource[];
  /** @default a `JsonAuthPlug` at `/auth` */
  readonly plug?: Type<AuthPlug<never>> | undefined;
  /** @default 'express' */
  readonly platform?: Platform | undefined;
  /** @default in memory */
  readonly dataLayer?: DataLayerAdapter | undefined;
  readonly controllers?: ModuleMetadata['controllers'];
  /** More of the `OtpApp`. */
  readonly app?: Partial<Omit<OtpApp, 'resources' | 'plug' | 'dataLayer'>> | undefined;
  /** How Nest reads bodies. @default as Nest does */
  readonly bodies?: Pick<NestApplicationOptions, 'bodyParser' | 'rawBody'> | undefined;
  /** Which proxies are believed (`X-Forwarded-For`), in the words of both platforms. @default none */
  readonly trustProxy?: boolean | string | undefined;
  /** Before the app listens, and waited for: prefixes, pipes, CORS, plugins. */
  readonly configure?: ((nest: INestApplication) => unknown) | undefined;
}

/** A running app and what a test wants to do with it. */
export interface AuthTestApp {
  readonly nest: INestApplication;
  readonly url: string;
  readonly clock: FakeClock;
  readonly service: AuthService;
  readonly data: DataLayer;
  /** What was written to the log, level first. */
  readonly logged: readonly string[];
  /** A new browser: without cookies. */
  client(): Client;
  /** Resolves when all work after answers is done (links issued, messages sent) and keys that were due are read again. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

const SECRET = 'k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM';

/** Boots an app on a free port of loopback, with a clock that stands still. Close it when the test is over. */
export async function authTestApp(options: AuthTestAppOptions): Promise<AuthTestApp> {
  const { Test } = await import('@nestjs/testing');
  const { platform = 'express', controllers = [], imports = [], providers = [], bodies = {}, configure } = options;
  const app = defineOtpApp({
    name: 'test-app',
    publicUrl: 'http://localhost:3000',
    secrets: [SECRET],
    ...options.app,
    plug: options.plug ?? defaultPlug(),
    dataLayer: options.dataLayer ?? memoryDataLayer(),
    resources: options.resources,
  });
  const clock = new FakeClock();
  const log = new MemoryLog();
  const module = await Test.createTestingModule({
    imports: [AuthModule.forRoot(app, { imports, providers })],
    controllers,
  })
    .overrideProvider(AUTH_CLOCK)
    .useValue(clock)
    .overrideProvider(AUTH_LOG)
    .useValue(log)
    .compile();

  const adapter = await adapterOf(platform, options.trustProxy);
  const nest = module.createNestApplication(adapter, { ...bodies, logger: log });
  await configure?.(nest);
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  const core = nest.get<AuthCore>(AUTH_CORE, { strict: false });
  const refresher = nest.get(KeyRefresher, { strict: false });
  return {
    nest,
    url,
    clock,
    service: nest.get(AuthService, { strict: false }),
    data: nest.get<DataLayer>(DATA_LAYER, { strict: false }),
    logged: log.lines,
    client: () => new Client(url),
    async idle() {
      await core.services.background.idle();
      await refresher.idle();
    },
    close: () => nest.close(),
  };
}

/** Platforms are loaded when a test asks for one: an app need not have both. */
async function adapterOf(platform: Platform, trustProxy: AuthTestAppOptions['trustProxy'] = false) {
  if (platform === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter({ trustProxy });
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  const adapter = new ExpressAdapter();
  adapter.set('trust proxy', trustProxy);
  return adapter;
}

/** Keeps what this library and Nest itself write, so that a test can look for what must not be there. */
class MemoryLog implements Log, LoggerService {
  readonly lines: string[] = [];
  readonly error = (...parts: unknown[]) => this.#write('error', parts);
  readonly warn = (...parts: unknown[]) => this.#write('warn', parts);
  readonly debug = (...parts: unknown[]) => this.#write('debug', parts);
  readonly info = (...parts: unknown[]) => this.#write('info', parts);
  readonly log = (...parts: unknown[]) => this.#write('log', parts);

  #write(level: string, parts: readonly unknown[]): void {
    this.lines.push([level, ...parts.map((part) => (part instanceof Error ? part.stack : String(part)))].join(' '));
  }
}

function defaultPlug(): Type<AuthPlug> {
  class TestAuthPlug extends JsonAuthPlug {}
  Controller('auth')(TestAuthPlug);
  return TestAuthPlug;
}
