import { RequestMethod, type Type } from '@nestjs/common';

/** A route that a controller class declares, in the spelling of the router. */
export interface DeclaredRoute {
  readonly method: string;
  /** Begins with a slash; may hold `:name` segments. */
  readonly path: string;
  /** Of its own (`@Version`); undefined where that of the class counts. */
  readonly version?: unknown;
}

// The keys under which Nest's route decorators keep what they are told. Nest 12 exports no constants for them;
// test/plug/user-routes.spec.ts shows that they still are the ones.
const PATH = 'path';
const METHOD = 'method';
const VERSION = '__version__';

/** The routes that a class and the classes it extends declare with Nest's decorators. */
export function declaredRoutes(controller: Type<unknown>): readonly DeclaredRoute[] {
  const routes: DeclaredRoute[] = [];
  for (const prototype of prototypesOf(controller)) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function') routes.push(...routesOf(value as object));
    }
  }
  return routes;
}

/** The class's own prototype, and those of the classes it extends. */
function* prototypesOf(controller: Type<unknown>): Generator<object> {
  let prototype = controller.prototype as object | null;
  while (prototype !== null && prototype !== Object.prototype) {
    yield prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
}

function routesOf(handler: object): readonly DeclaredRoute[] {
  const path: unknown = Reflect.getMetadata(PATH, handler);
  const method: unknown = Reflect.getMetadata(METHOD, handler);
  if (path === undefined || typeof method !== 'number') return [];
  const paths: readonly unknown[] = Array.isArray(path) ? path : [path];
  const version: unknown = Reflect.getMetadata(VERSION, handler);
  return paths.map((one) => ({ method: RequestMethod[method] ?? 'ALL', path: normalPath(String(one)), version }));
}

/** One leading slash, none at the end. */
export function normalPath(path: string): string {
  return `/${path.split('/').filter(Boolean).join('/')}`;
}

/** Whether a path of a request is one that a declared route answers. */
export function matches(declared: string, path: string): boolean {
  const wanted = declared.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}
