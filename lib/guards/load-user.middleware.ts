import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type NestMiddleware, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { bindCore, loadUsers, type AuthCore } from '../activities/index.js';
import { httpOperation, nodeHeaders, sendCookies, type HttpRequest } from '../contexts/index.js';
import type { Accepts } from '../sessions/index.js';
import { findCore } from './find-core.js';
import { unavailable } from './unavailable.js';

/**
 * Loads whoever is signed in, to every resource, and refuses nobody: for `consumer.apply(…)`. What it found is in
 * `@CurrentUser()`, and loaded no second time by guards and the plug, who decide by themselves.
 */
@Injectable()
export class LoadUserMiddleware implements NestMiddleware, OnModuleInit {
  static readonly accepts: readonly Accepts[] = ['bearer', 'session'];
  /** The name of the `OtpApp`. Null: the only one. */
  static readonly app: string | null = null;
  #core: AuthCore | null = null;

  constructor(@Inject(ModuleRef) private readonly modules: ModuleRef) {}

  /** The middleware of one `OtpApp`: needed where a Nest app has several. */
  static of(app: { readonly name: string }): typeof LoadUserMiddleware {
    return derived(this, this.name, { accepts: this.accepts, app: app.name });
  }

  /** @throws {ConfigurationInvalid} when it is not clear whose users are to be loaded */
  onModuleInit(): void {
    this.#find();
  }

  /** On Fastify it gets Node's request and response: Nest runs middleware before there is a reply. */
  async use(request: HttpRequest, response: ServerResponse, next: () => void): Promise<void> {
    const core = this.#find();
    const operation = httpOperation(request, response);
    bindCore(operation, core);
    try {
      await loadUsers(core, operation, this.#class.accepts);
    } catch (error) {
      throw unavailable(nodeHeaders, response, error);
    }
    sendCookies(nodeHeaders, response, operation);
    next();
  }

  get #class(): typeof LoadUserMiddleware {
    return this.constructor as typeof LoadUserMiddleware; // a middleware is made by its class
  }

  #find(): AuthCore {
    const { name, app } = this.#class;
    return (this.#core ??= findCore(this.modules, app, { where: `consumer.apply(${name})`, name }));
  }
}

/** @param name of the class: errors tell it as the app writes it */
function derived(
  base: typeof LoadUserMiddleware,
  name: string,
  { accepts, app }: Pick<typeof LoadUserMiddleware, 'accepts' | 'app'>,
): typeof LoadUserMiddleware {
  const named = {
    [name]: class extends base {
      static override readonly accepts = accepts;
      static override readonly app = app;
    },
  };
  const middleware = named[name] ?? base;
  Injectable()(middleware);
  return middleware;
}

/** Loads users by their session cookies and refuses nobody: the model's pipeline `load_from_session`. */
export const LoadFromSession = derived(LoadUserMiddleware, 'LoadFromSession', { accepts: ['session'], app: null });

/** Loads users by the bearer token (RFC 6750) and refuses nobody: the model's pipeline `load_from_bearer`. */
export const LoadFromBearer = derived(LoadUserMiddleware, 'LoadFromBearer', { accepts: ['bearer'], app: null });
