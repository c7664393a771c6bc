import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { AUTH_CORE, bindCore, loadUsers, type AuthCore } from '../activities/index.js';
import { httpOperation, sendCookies, type HttpRequest, type HttpResponse } from '../contexts/index.js';
import type { Mount, Platform } from '../plug/index.js';
import type { AuthContext } from '../strategy/index.js';
import { AuthModule, MOUNT, type ModuleExtras } from './auth.module.js';
import { AuthService } from './auth.service.js';
import { expressHandler, fastifyHandler, type ExpressHandler, type FastifyHandler } from './host-handlers.js';
import type { OtpApp } from './otp-app.js';
import { platformAdapter } from './platform-adapter.js';

/** Options of {@link createAuthHandler}: beside what the plug and the senders need injected. */
export interface AuthHandlerOptions<P extends Platform = Platform> extends ModuleExtras {
  /** What the host app is made with. Nest's adapter for it has to be installed. @default 'express' */
  readonly platform?: P | undefined;
  /** What stands in front of the plug's path: `api` for `/api/auth`. @default nothing */
  readonly prefix?: string | undefined;
  /** Nest's. @default warnings and errors */
  readonly logger?: NestApplicationOptions['logger'];
}

/** A plug at work in an app that Nest did not make. */
export interface AuthHandler<P extends Platform = Platform> {
  /** For `app.use(handler)` of Express or `app.register(handler)` of Fastify. What is not below the plug's path passes it by. */
  readonly handler: P extends 'fastify' ? FastifyHandler : ExpressHandler;
  readonly service: AuthService;
  /**
   * Who asks, on routes of the host: by bearer token, else by session cookie. `users` has them by subject name; nobody is
   * refused.
   *
   * @param request of the host's platform, as is `response`
   * @throws {Outage} for the host to answer with 503
   */
  load(request: object, response: object): Promise<AuthContext>;
  /** Waits for work that goes on after answers, and closes the data layer. */
  close(): Promise<void>;
}

/**
 * The plug in a bare Express or Fastify app: the same routes, callbacks, checks and limits as in a Nest app. It stands where its
 * `@Controller('auth')` says.
 *
 * @throws {ConfigurationInvalid} with every problem
 */
export async function createAuthHandler<P extends Platform = 'express'>(
  app: OtpApp,
  { platform, prefix = '', logger = ['warn', 'error'], ...extras }: AuthHandlerOptions<P> = {},
): Promise<AuthHandler<P>> {
  const adapter = await platformAdapter(platform ?? 'express');
  const module = AuthModule.forRoot(app, extras);
  const nest = await NestFactory.create(module, adapter, { logger, abortOnError: false });
  if (prefix !== '') nest.setGlobalPrefix(prefix);
  await nest.init();
  const base = nest.get<Mount>(MOUNT, { strict: false }).pathOf({ method: 'GET', path: '/' });
  const core = nest.get<AuthCore>(AUTH_CORE, { strict: false });
  const handler = platform === 'fastify' ? await fastifyHandler(adapter, base) : expressHandler(adapter, base);
  return {
    handler: handler as AuthHandler<P>['handler'], // P is the type of `platform`
    service: nest.get(AuthService, { strict: false }),
    load: (request, response) => load(core, adapter, request as HttpRequest, response), // the host's, as documented
    close: () => nest.close(),
  };
}

async function load(
  core: AuthCore,
  adapter: AbstractHttpAdapter,
  request: HttpRequest,
  response: HttpResponse,
): Promise<AuthContext> {
  const operation = httpOperation(request, response);
  bindCore(operation, core);
  await loadUsers(core, operation, ['bearer', 'session']);
  sendCookies(adapter, response, operation);
  return operation;
}
