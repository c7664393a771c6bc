import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { assuranceRulesOf, type AssuranceRule } from './assurance.js';
import { OPTIONAL_USER, PUBLIC } from './metadata.js';
import { scopesOf } from './scopes.js';

/** What decorators say of a route. */
export interface RouteFacts {
  readonly isPublic: boolean;
  readonly isOptional: boolean;
  readonly scopes: readonly string[];
  readonly assurance: readonly AssuranceRule[];
}

/** Reads decorators once per route: reflection walks up prototypes at each look, and what it finds stays the same. */
export class KnownRoutes {
  /** By controller and handler: controllers may share inherited handlers. */
  readonly #known = new WeakMap<object, WeakMap<object, RouteFacts>>();

  constructor(private readonly reflector: Reflector) {}

  of(context: ExecutionContext): RouteFacts {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    let handlers = this.#known.get(controller);
    if (handlers === undefined) this.#known.set(controller, (handlers = new WeakMap()));
    let facts = handlers.get(handler);
    if (facts === undefined) handlers.set(handler, (facts = this.#read(context)));
    return facts;
  }

  #read(context: ExecutionContext): RouteFacts {
    return {
      isPublic: this.#isMarked(PUBLIC, context),
      isOptional: this.#isMarked(OPTIONAL_USER, context),
      scopes: scopesOf(this.reflector, context),
      assurance: assuranceRulesOf(this.reflector, context),
    };
  }

  #isMarked(key: string, context: ExecutionContext): boolean {
    const marks = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<boolean | undefined>(key, marks) === true;
  }
}
