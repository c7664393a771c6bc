import { Controller, Delete, Get, HttpCode, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import type { PhaseRoute } from '../activities/index.js';
import type { HttpRequest, HttpResponse } from '../contexts/index.js';
import { answerPhase } from './answer.js';
import type { AuthPlug } from './auth-plug.js';
import { addJwksRoute, JWKS_PATH } from './jwks-route.js';
import { RUNTIME, type PlugRuntime } from './plug-runtime.js';
import { declaredRoutes } from './user-routes.js';

/** A plug with the runtime that the module injected. */
export type RunningPlug = AuthPlug & { readonly [RUNTIME]: PlugRuntime };

const VERBS = { GET: Get, POST: Post, DELETE: Delete } as const;

/**
 * The controller that Nest gets: a subclass of the app's plug with one method per route. The app's own class stays as it
 * is, so that two apps may share it.
 *
 * @param decorateRoute told of each generated handler, to mark it
 * @param publishesKeys whether there is a route for the public keys of tokens
 */
export function generateController(
  plug: Type<AuthPlug>,
  routes: readonly PhaseRoute[],
  runtimeToken: symbol,
  decorateRoute: MethodDecorator,
  publishesKeys: boolean,
): Type<RunningPlug> {
  const generated = subclass(plug);
  Inject(runtimeToken)(generated.prototype as object, RUNTIME);
  // A route of another version stands beside the generated one.
  const replacing = declaredRoutes(plug).filter(({ version }) => version === undefined);
  const taken = new Set(replacing.map(({ method, path }) => `${method} ${path}`));
  for (const route of routes) {
    if (!taken.has(`${route.method} ${route.path}`)) addRoute(generated, route, decorateRoute);
  }
  if (publishesKeys && !taken.has(`GET ${JWKS_PATH}`)) addJwksRoute(generated, decorateRoute);
  return generated;
}

/** Same name: it is in operation ids and in stack traces. */
function subclass(plug: Type<AuthPlug>): Type<RunningPlug> {
  const named = { [plug.name]: class extends plug {} };
  const generated = named[plug.name] as Type<RunningPlug>; // RUNTIME is injected as a property
  if (!Reflect.hasMetadata('path', plug)) Controller('auth')(generated);
  return generated;
}

function addRoute(generated: Type<RunningPlug>, route: PhaseRoute, decorateRoute: MethodDecorator): void {
  const key = handlerName(route);
  const handler = async function (this: RunningPlug, request: HttpRequest, response: HttpResponse): Promise<unknown> {
    const visit = { runtime: this[RUNTIME], plug: this, request, response };
    return answerPhase(visit, route.subjectName, route.activity);
  };
  const prototype = generated.prototype as object;
  Object.defineProperty(handler, 'name', { value: key });
  Object.defineProperty(prototype, key, { value: handler, writable: true, configurable: true });
  const descriptor = { value: handler, writable: true, configurable: true };

  Req()(prototype, key, 0);
  Res({ passthrough: true })(prototype, key, 1);
  Reflect.defineMetadata('design:paramtypes', [Object, Object], prototype, key);
  Reflect.defineMetadata('design:returntype', Promise, prototype, key);
  const own: readonly MethodDecorator[] = [VERBS[route.method](route.path), HttpCode(200), decorateRoute];
  for (const decorate of [...own, ...route.decorators]) (decorate as MethodDecorator)(prototype, key, descriptor);
}

/** `user_password_signIn`, as in `POST /user/password/sign-in`: no two routes share one. */
function handlerName({ subjectName, activity, method }: PhaseRoute): string {
  const words = [subjectName, ...activity, ...(method === 'POST' ? [] : [method.toLowerCase()])];
  return words
    .map((word) => String(word).replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()))
    .join('_');
}
