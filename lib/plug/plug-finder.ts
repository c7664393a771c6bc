import { Inject, Injectable, type Type } from '@nestjs/common';
import { ContextIdFactory, ModuleRef, ModulesContainer } from '@nestjs/core';
import type { HttpRequest } from '../contexts/index.js';

/** Finds a plug as Nest's router does: the one there is, or where something in it lives as long as a request, that request's. */
@Injectable()
export class PlugFinder {
  constructor(
    @Inject(ModuleRef) private readonly modules: ModuleRef,
    @Inject(ModulesContainer) private readonly container: ModulesContainer,
  ) {}

  async find<P>(plug: Type<P>, request: HttpRequest): Promise<P> {
    const wrapper = this.#wrapperOf(plug);
    if (wrapper.isDependencyTreeStatic()) return this.modules.get(plug, { strict: false });
    const contextId = ContextIdFactory.getByRequest(request);
    // What is durable is shared by requests: it must not hold one of them.
    const seen: unknown = wrapper.isDependencyTreeDurable()
      ? contextId.payload
      : Object.assign(request, contextId.payload);
    this.modules.registerRequestByContextId(seen, contextId);
    return this.modules.resolve(plug, contextId, { strict: false });
  }

  #wrapperOf(plug: Type<unknown>) {
    for (const { controllers } of this.container.values()) {
      const wrapper = controllers.get(plug);
      if (wrapper !== undefined) return wrapper;
    }
    throw new Error(`${plug.name} is no controller of this app`);
  }
}
