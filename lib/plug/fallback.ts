import { All, Controller, Req, Res, type Type } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from '../contexts/index.js';
import { MethodNotAllowed, NotFound } from '../errors/index.js';
import { answerNothing, type PlugRequest } from './answer.js';
import type { RunningPlug } from './generate-controller.js';
import type { Mount } from './mount.js';
import { PlugFinder } from './plug-finder.js';
import { RUNTIME } from './plug-runtime.js';
import { declaredRoutes, matches, normalPath, type DeclaredRoute } from './user-routes.js';

/** How each router writes "everything below". The other's spelling warns on Express and does not boot on Fastify. */
const EVERYTHING = { express: ['/', '{*below}'], fastify: ['/', '*'] } as const;
export type Platform = keyof typeof EVERYTHING;

/** What a router takes for the same path: Express routes without regard to case. */
const SPELLING: Readonly<Record<Platform, (path: string) => string>> = {
  express: (path) => path.toLowerCase(),
  fastify: (path) => path,
};

/** Metadata that says how a class is made, not how its routes behave. */
const CONSTRUCTION = /^(design:|self:|optional:|scope:)/;

/**
 * The controller of everything below a plug that no route is for: it answers through the same `handleFailure`, under the
 * same guards, interceptors and filters of the class. It must be registered after every other controller.
 */
export function fallbackController(
  plug: Type<RunningPlug>,
  platform: Platform,
  decorateRoute: MethodDecorator,
): Type<unknown> {
  const spelled = SPELLING[platform];
  const routes = declaredRoutes(plug);

  class AuthFallback {
    constructor(private readonly finder: PlugFinder) {}

    async answer(request: HttpRequest, response: HttpResponse): Promise<unknown> {
      const running = await this.finder.find(plug, request);
      const visit: PlugRequest = { runtime: running[RUNTIME], plug: running, request, response };
      const methods = methodsOf(routes.filter(isHere(running[RUNTIME].mount)), pathBelow(request.params), spelled);
      // Fastify tells `/sign-in/` from `/sign-in`: the method would be right, the path is not.
      if (methods.length === 0 || methods.includes(request.method)) {
        return answerNothing(visit, new NotFound('unknown_route'));
      }
      const allow = [...methods, 'OPTIONS'].join(', ');
      if (request.method === 'OPTIONS') return optionsReply(visit, allow);
      return answerNothing(visit, new MethodNotAllowed(allow));
    }
  }

  copyClassMetadata(plug, AuthFallback);
  Reflect.defineMetadata('design:paramtypes', [PlugFinder], AuthFallback);
  // Without importing @nestjs/swagger: the key under which it looks for controllers to leave out.
  Reflect.defineMetadata('swagger/apiExcludeController', [true], AuthFallback);
  const prototype: object = AuthFallback.prototype;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'answer') ?? {};
  Req()(prototype, 'answer', 0);
  Res({ passthrough: true })(prototype, 'answer', 1);
  All([...EVERYTHING[platform]])(prototype, 'answer', descriptor);
  decorateRoute(prototype, 'answer', descriptor);
  return AuthFallback;
}

function copyClassMetadata(from: Type<unknown>, to: Type<unknown>): void {
  Controller()(to);
  for (const key of Reflect.getMetadataKeys(from)) {
    if (!CONSTRUCTION.test(String(key))) Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
}

/** What is left of the path after the plug's own: an array on Express, a text on Fastify, nothing at the plug itself. */
function pathBelow(params: unknown): string {
  const { below, '*': rest = below ?? '' } = (params ?? {}) as Readonly<Record<string, unknown>>; // the router's, by name
  return normalPath(Array.isArray(rest) ? rest.join('/') : String(rest));
}

/** Whether a route stands where the fallback stands: an exclusion from the global prefix takes some elsewhere. */
function isHere(mount: Mount): (route: DeclaredRoute) => boolean {
  const isOutside = mount.isExcluded('ALL', '/*');
  return ({ method, path }) => mount.isExcluded(method, path) === isOutside;
}

/** The methods that routes answer on a path; none where nothing is. */
function methodsOf(
  routes: readonly DeclaredRoute[],
  path: string,
  spelled: (path: string) => string,
): readonly string[] {
  const answering = routes.filter((route) => matches(spelled(route.path), spelled(path)));
  const methods = new Set(answering.map(({ method }) => method));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods];
}

function optionsReply({ runtime: { adapter }, response }: PlugRequest, allow: string): undefined {
  adapter.status(response, 204);
  adapter.setHeader(response, 'Allow', allow);
  return undefined;
}
