import { Scope, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { Problem } from '../errors/index.js';
import type { Brought } from '../senders/index.js';

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
  const value: unknown = isItself ? reference : await provided(reference, modules);
  if (typeof value === 'function' && !isClass(value, method)) return { [method]: value };
  if (typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function') return value;
  throw new NoPart(`${nameOf(reference)} has no method \`${method}\``);
}

/** Compiled or not, decorated or not. Of a class nobody can replace the prototype (ECMA-262 §15.7.14), of a function everybody. */
function isClass(value: object, method: Method): boolean {
  const prototype = Object.getOwnPropertyDescriptor(value, 'prototype');
  if (prototype === undefined) return false;
  const isMade = typeof prototype.value === 'object' && prototype.value !== null && method in prototype.value;
  return prototype.writable === false || isMade || Reflect.hasMetadata('__injectable__', value);
}

/** What the app provides, else one that is made with its help. */
function provided(token: Reference, modules: ModuleRef): unknown {
  const type = token as Type<object> | string | symbol; // Nest knows what its constructor takes
  switch (scopeOf(type, modules)) {
    case Scope.REQUEST:
      throw new NoPart(`${nameOf(token)} is request-scoped, and messages are sent when the request is over`);
    case Scope.TRANSIENT:
      return modules.resolve(type, undefined, { strict: false });
    case Scope.DEFAULT:
      return modules.get(type, { strict: false });
    case undefined:
      if (typeof type !== 'function') throw new NoPart(`nobody provides ${nameOf(token)}`);
      return modules.create(type);
  }
}

/** Also that which its dependencies force on it. Undefined where nobody provides it. */
function scopeOf(type: Type<object> | string | symbol, modules: ModuleRef): Scope | undefined {
  try {
    return modules.introspect(type).scope;
  } catch {
    return undefined;
  }
}

function nameOf(reference: Reference): string {
  if (typeof reference === 'object') return 'the object';
  return typeof reference === 'function' ? reference.name : String(reference);
}

const CURE = 'pass the module that provides what it needs: AuthModule.forRoot(otpApp, { imports: [MailModule] })';
const LASTING =
  'leave `scope` out, of it and of what it is injected: what a message needs of the request goes into the message';

/** Nest's own text names classes, never values; what a constructor of the app throws may quote its password for mail. */
function whyNot(error: unknown): Omit<Problem, 'where'> {
  if (!(error instanceof Error)) return { wrong: 'cannot be made: its constructor threw no error', cure: CURE };
  const isNests = /^(Unknown|Undefined|Invalid|RequestScoped)\w*Exception$/.test(error.constructor.name);
  const [line = ''] = error.message.split('\n');
  const why = isNests || error instanceof NoPart ? line : `its constructor threw ${error.name}`;
  return { wrong: `cannot be made: ${why}`, cure: line.includes('request-scoped') ? LASTING : CURE };
}

class NoPart extends TypeError {}
