import type { INestApplication } from '@nestjs/common';

/** One route as the platform itself has it, whoever asked for it. */
export interface PlatformRoute {
  readonly method: string;
  /** What the router takes: `/auth/{*below}`. */
  readonly pattern: string;
  /** One that it takes. */
  readonly path: string;
}

/** What browsers and programs send. A HEAD is a GET, and an OPTIONS runs nothing. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface ExpressApp {
  readonly router: {
    readonly stack: readonly {
      readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
    }[];
  };
}

interface FastifyApp {
  addHook(
    name: 'onRoute',
    hook: (route: { readonly method: string | readonly string[]; readonly url: string }) => void,
  ): void;
}

/** @param app before it has any route: Fastify tells of each as it is made @returns what is there by the time of the call */
export function routesOf(app: INestApplication): () => readonly PlatformRoute[] {
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'express') {
    const express = adapter.getInstance() as ExpressApp;
    return () =>
      express.router.stack.flatMap(({ route }) => (route ? known(Object.keys(route.methods), route.path) : []));
  }
  const seen: PlatformRoute[] = [];
  const fastify = adapter.getInstance() as FastifyApp;
  fastify.addHook('onRoute', ({ method, url }) => void seen.push(...known([method].flat(), url)));
  return () => seen;
}

function known(methods: readonly string[], pattern: string): readonly PlatformRoute[] {
  const path = pattern.replace(/\{?\*\w*\}?$/, 'nowhere').replaceAll(/:\w+/g, 'x');
  const upper = methods.map((method) => method.toUpperCase());
  const sent = upper.includes('_ALL') ? METHODS : METHODS.filter((method) => upper.includes(method));
  return sent.map((method) => ({ method, pattern, path }));
}
