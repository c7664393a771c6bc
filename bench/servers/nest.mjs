import 'reflect-metadata';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** `GET /me`: the route that is measured. Decorators by hand, for this runs without a build. */
export function meController({ guards = [], parameter = Req(), answer, decorators = [] }) {
  class MeController {
    me(value) {
      return answer(value);
    }
  }
  const { prototype } = MeController;
  for (const decorate of [...decorators, Get('me')]) {
    decorate(prototype, 'me', Object.getOwnPropertyDescriptor(prototype, 'me'));
  }
  parameter(prototype, 'me', 0);
  if (guards.length > 0) UseGuards(...guards)(MeController);
  Controller()(MeController);
  return MeController;
}

class AppModule {}
Module({})(AppModule);

/** Starts a Nest app on a free port of loopback. @param configure before it listens */
export async function nestApp({ platform, imports = [], controllers, providers = [], options = {}, configure }) {
  const module = { module: AppModule, imports, controllers, providers };
  const app = await NestFactory.create(module, await adapterOf(platform), { logger: ['error'], ...options });
  await configure?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, port: app.getHttpServer().address().port, close: () => app.close() };
}

async function adapterOf(platform) {
  if (platform === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}

/** What is kept of a user in a guard of this bench. */
export const idOf = (request) => ({ id: request.user.id });
