import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';

export type Decorate = (target: object, key?: string | symbol, descriptor?: TypedPropertyDescriptor<unknown>) => void;

/** Keeps what a decorator asks for, of a route or of a controller. Used twice, it asks for both. */
export function demanding<T>(key: string, demands: readonly T[]): Decorate {
  return (target, _key, descriptor) => {
    const where = descriptor === undefined ? target : (descriptor.value as object); // routes are methods
    const before = Reflect.getMetadata(key, where) as readonly T[] | undefined; // only the next line writes it
    Reflect.defineMetadata(key, [...(before ?? []), ...demands], where);
  };
}

/** Everything that a handler and its class ask for. */
export function demandsOf<T>(key: string, reflector: Reflector, context: ExecutionContext): readonly T[] {
  const asked = reflector.getAll<(readonly T[] | undefined)[]>(key, [context.getHandler(), context.getClass()]);
  return asked.flatMap((demands) => demands ?? []);
}
