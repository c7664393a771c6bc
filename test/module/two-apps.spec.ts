import { Controller, Get, UseGuards, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import {
  AuthModule,
  CurrentUser,
  defineOtpApp,
  JsonAuthPlug,
  SessionUserGuard,
  UserGuard,
  type OtpApp,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { authTestApp, Client, type Platform } from 'nest-auth-plug/testing';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { PASSWORD, userResource, type User } from '../users.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

@Controller('auth')
class UserPlug extends JsonAuthPlug<User> {}

@Controller('staff/auth')
class StaffPlug extends JsonAuthPlug<User> {}

function appOf(name: string, plug: Type<JsonAuthPlug<User>>, secret: string): OtpApp {
  const { resource } = userResource({ subjectName: name });
  const publicUrl = 'http://localhost:3000';
  return defineOtpApp({
    name,
    plug,
    publicUrl,
    secrets: [secret],
    dataLayer: memoryDataLayer(),
    resources: [resource],
  });
}

const users = () => appOf('customer', UserPlug, 'k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM');
const staff = () => appOf('staff', StaffPlug, 'bZ3xW9qLr7Tn1VdKf5HsMj8GcYpEuAoN2iQ6mRtXyJw');

async function boot(platform: Platform, apps: readonly OtpApp[], controllers: Type<unknown>[]) {
  const imports = apps.map((app) => AuthModule.forRoot(app));
  const module = await Test.createTestingModule({ imports, controllers }).compile();
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const nest = module.createNestApplication(adapter, { logger: false });
  await nest.listen(0, '127.0.0.1');
  return nest;
}

describe.each<Platform>(['express', 'fastify'])('two apps in one Nest app on %s', (platform) => {
  it('stand beside each other, and a guard says whose it is', async () => {
    const [customers, employees] = [users(), staff()];
    @Controller()
    class Pages {
      @Get('customer')
      @UseGuards(SessionUserGuard.of(customers))
      customer(@CurrentUser() user: User): string {
        return user.name;
      }
      @Get('employee')
      @UseGuards(SessionUserGuard.of(employees))
      employee(@CurrentUser() user: User): string {
        return user.name;
      }
    }
    const nest = await boot(platform, [customers, employees], [Pages]);
    const client = new Client(await nest.getUrl());

    expect(await client.post('/staff/auth/staff/password/register', { json: ADA })).toMatchObject({ status: 200 });
    expect(await client.get('/employee')).toMatchObject({ status: 200, text: 'Ada' });
    expect(await client.get('/customer')).toMatchObject({ status: 401 });
    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await client.get('/staff/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    await nest.close();
  });

  it('do not boot with a guard that does not say whose it is', async () => {
    @Controller()
    @UseGuards(UserGuard)
    class Guarded {
      @Get()
      index(): string {
        return 'in';
      }
    }
    await expect(boot(platform, [users(), staff()], [Guarded])).rejects.toThrow(
      /there is more than one OtpApp[\s\S]*write UserGuard\.of\(otpApp\)/,
    );
  });
});

it('boots apps of both platforms at once from one description', async () => {
  const { resource } = userResource();
  const [onExpress, onFastify] = await Promise.all([
    authTestApp({ platform: 'express', resources: [resource] }),
    authTestApp({ platform: 'fastify', resources: [resource] }),
  ]);

  for (const app of [onExpress, onFastify]) {
    expect(await app.client().post('/auth/user/password/register', { json: ADA })).toMatchObject({ status: 200 });
    expect(await app.client().get('/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
  }
  await Promise.all([onExpress.close(), onFastify.close()]);
});

it('shares one description between two Nest apps of different platforms, and the store that it names', async () => {
  const app = users();
  const [one, other] = await Promise.all([boot('express', [app], []), boot('fastify', [app], [])]);
  const [first, second] = [new Client(await one.getUrl()), new Client(await other.getUrl())];

  expect(await first.post('/auth/customer/password/register', { json: ADA })).toMatchObject({ status: 200 });
  const right = { email: ADA.email, password: PASSWORD };
  expect(await second.post('/auth/customer/password/sign-in', { json: right })).toMatchObject({ status: 200 });
  expect(await second.get('/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
  await one.close();
  await other.close();
});
