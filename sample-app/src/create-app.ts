import { NestFactory } from '@nestjs/core';
import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { AppModule } from './app.module.js';
import type { Settings } from './settings.js';

/** The app on the platform of the settings, not listening yet. What it logs waits for `flushLogs()`. */
export async function createApp(settings: Settings, options: NestApplicationOptions = {}): Promise<INestApplication> {
  const adapter = await adapterOf(settings.adapter);
  const app = await NestFactory.create(AppModule.with(settings), adapter, {
    // A start that fails is told in one line by `main.ts`, instead of by Nest with a stack.
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false,
    ...options,
  });
  return app.enableShutdownHooks();
}

/** Imported when chosen: an app of yours installs the one that it uses. */
async function adapterOf(name: Settings['adapter']) {
  if (name === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}
