import { RequestMethod, VersioningType, type Type } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { declaredRoutes, normalPath, type DeclaredRoute } from './user-routes.js';

// Keys of Nest's metadata, as in `user-routes.ts`.
const PATH = 'path';
const VERSION = '__version__';

/** Where a plug stands in its Nest app: behind the global prefix and its exclusions, a version, and the path of a module. */
export class Mount {
  /** @param modulePath what `RouterModule` puts in front; empty without one */
  constructor(
    private readonly config: ApplicationConfig,
    private readonly plug: Type<unknown>,
    private readonly modulePath: () => string,
  ) {}

  /** The path of a route below the plug as browsers ask for it. Of several versions the first. */
  pathOf({ method, path }: DeclaredRoute): string {
    const below = this.#below(path);
    const prefix = this.isExcluded(method, path) ? '' : this.config.getGlobalPrefix();
    return normalPath(`${prefix}/${this.#version(method, path)}${below}`);
  }

  /** Whether `setGlobalPrefix(prefix, { exclude })` leaves a route where it is. */
  isExcluded(method: string, path: string): boolean {
    const below = this.#below(path);
    const { exclude = [] } = this.config.getGlobalPrefixOptions();
    return exclude.some(({ requestMethod, pathRegex }) => {
      const isMeant = requestMethod === RequestMethod.ALL || RequestMethod[requestMethod] === method;
      return isMeant && pathRegex.test(below);
    });
  }

  #below(path: string): string {
    const own: unknown = Reflect.getMetadata(PATH, this.plug);
    const [first = ''] = [own].flat();
    return normalPath(`${this.modulePath()}/${String(first)}/${path}`);
  }

  /** The segment of URI versioning; in any other versioning the path has none. */
  #version(method: string, path: string): string {
    const versioning = this.config.getVersioning();
    if (versioning?.type !== VersioningType.URI) return '';
    const route = declaredRoutes(this.plug).find((one) => one.method === method && one.path === path);
    const ofClass: unknown = Reflect.getMetadata(VERSION, this.plug);
    const [version] = [route?.version ?? ofClass ?? versioning.defaultVersion].flat();
    if (typeof version !== 'string') return ''; // none, or VERSION_NEUTRAL
    const { prefix = 'v' } = versioning;
    return `${prefix === false ? '' : prefix}${version}`;
  }
}
