import type { Decorate } from './demands.js';

// Without importing @nestjs/swagger: the key under which it looks for extensions of an operation, and Nest's for a route.
// test/openapi/auth.spec.ts shows that they still are the ones.
const EXTENSIONS = 'swagger/apiExtension';
const ROUTE = 'method';

/**
 * Says in the document what a route asks for, or every route of a class: its own, for what it inherits is there as its base says.
 *
 * @param name of the extension
 * @param say given what is there already, for a decorator that is used twice; undefined where nothing is
 */
export function describing<T>(name: string, say: (before: T | undefined) => T): Decorate {
  return (target, _key, descriptor) => {
    for (const handler of descriptor === undefined ? routesOf(target) : [descriptor.value as object]) {
      const all = Reflect.getMetadata(EXTENSIONS, handler) as Readonly<Record<string, T>> | undefined; // only `say` writes under its name
      Reflect.defineMetadata(EXTENSIONS, { ...all, [name]: say(all?.[name]) }, handler);
    }
  };
}

/** Decorators of a class run when those of its methods have. */
function routesOf(controller: object): readonly object[] {
  const prototype = Reflect.get(controller, 'prototype') as object; // of a class: an object
  const members = Object.values(Object.getOwnPropertyDescriptors(prototype));
  return members
    .map(({ value }: PropertyDescriptor): unknown => value)
    .filter((value) => typeof value === 'function')
    .filter((value) => Reflect.hasMetadata(ROUTE, value));
}
