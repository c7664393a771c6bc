import type { ModuleRef } from '@nestjs/core';
import type { Problem } from '../errors/index.js';
import type { Brought } from '../senders/index.js';
import type { InjectedRef } from '../strategy/index.js';
import { nameOf, NotProvided, provided, whyNot } from './provided.js';

type Method = 'send' | 'deliver';
type Reference = Brought<object, (...parameters: never[]) => unknown>;

/**
 * A part that the app brings, whichever way it is named: one with the method, or what is wrong.
 */
export async function findBrought(
  reference: Reference,
  method: Method,
  modules: ModuleRef,
): Promise<{ readonly part: object } | Omit<Problem, 'where'>> {
  try {
    return { part: await found(reference, method, modules) };
  } catch (error) {
    return whyNot(error);
  }
}

async function found(reference: Reference, method: Method, modules: ModuleRef): Promise<object> {
  const isItself = typeof reference === 'object' || (typeof reference === 'function' && !isClass(reference, method));
  const value: unknown = isItself ? reference : await provided(reference as InjectedRef, modules); // a class, where it is a function
  if (typeof value === 'function' && !isClass(value, method)) return { [method]: value };
  if (typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function') return value;
  throw new NotProvided(`${nameOfReference(reference)} has no method \`${method}\``);
}

/** Compiled or not, decorated or not. Of a class nobody can replace the prototype (ECMA-262 §15.7.14), of a function everybody. */
function isClass(value: object, method: Method): boolean {
  const prototype = Object.getOwnPropertyDescriptor(value, 'prototype');
  if (prototype === undefined) return false;
  const isMade = typeof prototype.value === 'object' && prototype.value !== null && method in prototype.value;
  return prototype.writable === false || isMade || Reflect.hasMetadata('__injectable__', value);
}

function nameOfReference(reference: Reference): string {
  return typeof reference === 'object' ? 'the object' : nameOf(reference as InjectedRef); // a function has a name too
}
