import { Scope, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { Problem } from '../errors/index.js';
import type { InjectedRef } from '../strategy/index.js';

/**
 * What the app provides under this, else, of a class, one that is made with its help.
 *
 * @throws {NotProvided} @throws whatever its constructor throws
 */
export async function provided(ref: InjectedRef, modules: ModuleRef): Promise<unknown> {
  const type = ref as Type<unknown> | string | symbol; // Nest knows what its constructor takes
  switch (scopeOf(type, modules)) {
    case Scope.REQUEST:
      throw new NotProvided(`${nameOf(ref)} is request-scoped, and is looked for once, at the start`);
    case Scope.TRANSIENT:
      return modules.resolve(type, undefined, { strict: false });
    case Scope.DEFAULT:
      return modules.get(type, { strict: false });
    case undefined:
      if (typeof type !== 'function') throw new NotProvided(`nobody provides ${nameOf(ref)}`);
      return modules.create(type);
  }
}

/** Also that which its dependencies force on it. Undefined where nobody provides it. */
function scopeOf(type: Type<unknown> | string | symbol, modules: ModuleRef): Scope | undefined {
  try {
    return modules.introspect(type).scope;
  } catch {
    return undefined;
  }
}

/** Of a class or a token. */
export function nameOf(ref: InjectedRef): string {
  return typeof ref === 'function' ? ref.name : String(ref);
}

const CURE = 'pass the module that provides what it needs: AuthModule.forRoot(otpApp, { imports: [ThatModule] })';
const LASTING =
  'leave `scope` out, of it and of what it is injected: what it needs of a request or message comes with each call';

/** Nest's own text names classes, never values; what a constructor of the app throws may quote its password. */
export function whyNot(error: unknown): Omit<Problem, 'where'> {
  if (!(error instanceof Error)) return { wrong: 'cannot be made: its constructor threw no error', cure: CURE };
  const isNests = /^(Unknown|Undefined|Invalid|RequestScoped)\w*Exception$/.test(error.constructor.name);
  const [line = ''] = error.message.split('\n');
  const why = isNests || error instanceof NotProvided ? line : `its constructor threw ${error.name}`;
  return { wrong: `cannot be made: ${why}`, cure: line.includes('request-scoped') ? LASTING : CURE };
}

/** It is not what it has to be; the message says so without a value. */
export class NotProvided extends TypeError {}
