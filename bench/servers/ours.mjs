// nest-auth-plug as it is published: dist/, with every default on. Its libraries and Nest are those of the folder above.
import { generateKeyPairSync } from 'node:crypto';
import { Controller, Post, Query } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  AuthModule,
  AuthService,
  BearerUserGuard,
  CurrentContext,
  CurrentUser,
  DATA_LAYER,
  defineOtpApp,
  defineResource,
  JsonAuthPlug,
  Public,
  SessionUserGuard,
} from '../../dist/index.js';
import { argon2id } from '../../dist/hash-providers/argon2/index.js';
import { password } from '../../dist/strategies/password/index.js';
import { dataLayerOf } from './data-layers.mjs';
import { idOf, meController, nestApp } from './nest.mjs';
import { PASSWORD, seedUsers, signInBodies, signInUsers } from './seed.mjs';

const GUARDS = { bearer: BearerUserGuard, cookie: SessionUserGuard };
const UNLIMITED = [{ limit: 1_000_000_000, windowSeconds: 60 }];

/**
 * @param options `by`: the credential; `store`; `twoReads`: without the joined read; `signing`: of the bearer tokens; `stateless`: without rows; `route`:
 *   `public` below a global guard, or `sign-in`
 * @param handwritten makes a guard in place of ours, for the same rows
 */
export async function start(options, handwritten) {
  const { by = 'bearer', platform, route, users } = options;
  const { adapter, url, drop } = await dataLayerOf(options);
  const resource = userResource(options);
  const guard = await handwritten?.(url);
  const running = await nestApp({
    platform,
    imports: [AuthModule.forRoot(otpApp(resource, adapter, options))],
    controllers: [route === 'public' ? openRoute() : guardedRoute(guard ?? GUARDS[by], guard), seedRoute()],
    providers: route === 'public' ? [{ provide: APP_GUARD, useClass: BearerUserGuard }] : [],
  });
  return {
    app: running.app,
    port: running.port,
    url,
    async seed() {
      if (route === 'public') return [{}];
      const { app, port } = running;
      const made = await seedUsers(app.get(DATA_LAYER, { strict: false }), resource.model, users, await hashFor(route));
      if (route === 'sign-in') return signInBodies(made);
      return signInUsers(made, { by, port, service: app.get(AuthService, { strict: false }) });
    },
    async close() {
      await guard?.close();
      await running.close();
      await drop();
    },
  };
}

/** Limits count as ever, and are too high to be reached: all users of a bench come from one address. */
function userResource({ stateless = false }) {
  return defineResource({
    subjectName: 'user',
    table: 'users',
    fields: { name: 'text' },
    strategies: [password({ identityField: 'email' })],
    ...(stateless && { signIns: 'stateless-until-they-expire' }),
    maySignIn: ({ name }) => name !== 'blocked',
    limits: { guessesPerIdentity: UNLIMITED, guessesPerDevice: UNLIMITED, guessesPerAddress: UNLIMITED },
  });
}

function otpApp(resource, dataLayer, { signing }) {
  class BenchAuthPlug extends JsonAuthPlug {}
  Controller('auth')(BenchAuthPlug);
  return defineOtpApp({
    name: 'bench',
    plug: BenchAuthPlug,
    publicUrl: 'http://localhost:3000',
    secrets: ['k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM'],
    dataLayer,
    resources: [resource],
    ...(signing && { signing: signingOf(signing) }),
  });
}

function signingOf(algorithm) {
  const { privateKey } =
    algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { algorithm, keys: [privateKey.export({ format: 'pem', type: 'pkcs8' })] };
}

/** A guard by hand leaves its user on the request, ours for `@CurrentUser()`. */
function guardedRoute(guard, isHandwritten) {
  if (isHandwritten) return meController({ guards: [guard], answer: idOf });
  return meController({ guards: [guard], parameter: CurrentUser(), answer: ({ id }) => ({ id }) });
}

function openRoute() {
  return meController({ decorators: [Public()], answer: () => ({ id: 'user-0' }) });
}

/** Signs a user in on the app's word, into a cookie: `POST /seed?id=…`. Never measured. */
function seedRoute() {
  class SeedController {
    constructor(service) {
      this.service = service;
    }

    async seed(context, user) {
      await this.service.signIn(user, { methods: ['pwd'], context });
      await this.service.storeInSession(user, { context });
      return {};
    }
  }
  const { prototype } = SeedController;
  Public()(prototype, 'seed', Object.getOwnPropertyDescriptor(prototype, 'seed'));
  Post('seed')(prototype, 'seed', Object.getOwnPropertyDescriptor(prototype, 'seed'));
  CurrentContext()(prototype, 'seed', 0);
  Query()(prototype, 'seed', 1);
  Reflect.defineMetadata('design:paramtypes', [AuthService], SeedController);
  Controller()(SeedController);
  return SeedController;
}

function hashFor(route) {
  return route === 'sign-in' ? argon2id().hash(PASSWORD) : null;
}
