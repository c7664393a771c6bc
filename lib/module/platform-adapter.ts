import type { AbstractHttpAdapter } from '@nestjs/core';
import { ConfigurationInvalid } from '../errors/index.js';
import type { Platform } from '../plug/index.js';

/** The packages are optional: an app that Nest made has brought its own. */
const LOAD: Readonly<Record<Platform, () => Promise<AbstractHttpAdapter>>> = {
  express: async () => new (await import('@nestjs/platform-express')).ExpressAdapter(),
  fastify: async () => new (await import('@nestjs/platform-fastify')).FastifyAdapter(),
};

/**
 * Nest's adapter for a platform.
 *
 * @param load as this library does it
 * @throws {ConfigurationInvalid} where its package is not installed
 */
export async function platformAdapter(platform: Platform, load = LOAD): Promise<AbstractHttpAdapter> {
  try {
    return await load[platform]();
  } catch {
    const name = `@nestjs/platform-${platform}`;
    const wrong = `the package "${name}" cannot be loaded`;
    throw new ConfigurationInvalid([{ where: 'createAuthHandler', wrong, cure: `npm install ${name}` }]);
  }
}
