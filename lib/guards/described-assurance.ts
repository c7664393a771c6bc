import type { AssuranceRule } from './assurance.js';
import type { Decorate } from './demands.js';

/** What OpenAPI says of a route that asks for more than a sign-in. */
export const DESCRIBED = 'x-step-up';

// Without importing @nestjs/swagger: the key under which it looks for extensions of an operation, and Nest's for a route.
// test/openapi/auth.spec.ts shows that they still are the ones.
const EXTENSIONS = 'swagger/apiExtension';
const ROUTE = 'method';

/** Says it in the document as well, of a route or of every route of a class. */
export function describing({ withinSeconds, secondFactor }: AssuranceRule): Decorate {
  const said = { ...(withinSeconds !== null && { within: withinSeconds }), ...(secondFactor && { secondFactor }) };
  return (target, _key, descriptor) => {
    for (const handler of descriptor === undefined ? routesOf(target) : [descriptor.value as object]) {
      const all = Reflect.getMetadata(EXTENSIONS, handler) as Readonly<Record<string, object>> | undefined; // Swagger's own
      Reflect.defineMetadata(EXTENSIONS, { ...all, [DESCRIBED]: { ...said, ...all?.[DESCRIBED] } }, handler);
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
