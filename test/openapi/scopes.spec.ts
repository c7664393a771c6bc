import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiExtension, ApiForbiddenResponse } from '@nestjs/swagger';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RequireScopes, UserGuard } from 'nest-auth-plug';
import { Auth } from 'nest-auth-plug/openapi';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { headerKey } from '../rooms/header-key.js';
import { userResource } from '../users.js';
import { describedApp, documentOf, operationIn } from './documented.js';

const KeyGuard = UserGuard.accepting('header-key');

@RequireScopes('read')
@Auth(KeyGuard)
@Controller('orders')
class OrdersController {
  @Get()
  list(): string {
    return 'orders';
  }

  @RequireScopes('write')
  @RequireScopes('read')
  @ApiExtension('x-audience', 'partners')
  @Get('new')
  make(): string {
    return 'made';
  }

  @ApiForbiddenResponse({ description: 'Not yours.' })
  @Get('other')
  other(): string {
    return 'other';
  }
}

@Controller('bare')
class BareController {
  @RequireScopes('read')
  @Get('unguarded')
  unguarded(): string {
    return 'in';
  }

  @Auth(KeyGuard)
  @Get('any')
  any(): string {
    return 'in';
  }

  @UseGuards(KeyGuard)
  @Get('unsaid')
  unsaid(): string {
    return 'in';
  }
}

describe.each<Platform>(['express', 'fastify'])('routes that ask for scopes, on %s,', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function documented() {
    const { resource } = userResource({ strategies: [headerKey()] });
    app = await describedApp({ platform, controllers: [OrdersController, BareController], resources: [resource] });
    const document = documentOf(app);
    return (name: string) => operationIn(document, name);
  }

  it('say which, those of the class among them, and that a key without one gets a 403', async () => {
    const of = await documented();

    expect(of('get /orders')).toMatchObject({
      'x-required-scopes': ['read'],
      responses: {
        '200': {},
        '401': { headers: { 'WWW-Authenticate': {} } },
        '403': { description: 'A key that has not been given: read.', headers: { 'WWW-Authenticate': {} } },
      },
    });
    const made = of('get /orders/new');
    expect(Reflect.get(made, 'x-required-scopes')).toEqual(['read', 'write']);
    expect(made).toMatchObject({
      'x-audience': 'partners',
      responses: { '403': { description: 'A key that has not been given: read, write.' } },
    });
  });

  it('keep what the app says of that answer itself', async () => {
    const of = await documented();

    expect(of('get /orders/other').responses).toMatchObject({ '403': { description: 'Not yours.' } });
  });

  it('answer 401 to nobody, where no guard is as well; others say neither', async () => {
    const of = await documented();

    expect(Object.keys(of('get /bare/unguarded').responses)).toEqual(['200', '401', '403']);
    expect(await app.client().get('/bare/unguarded')).toMatchObject({ status: 401 });
    for (const name of ['get /bare/any', 'get /bare/unsaid']) {
      expect(of(name).responses).not.toHaveProperty('403');
      expect(of(name)).not.toHaveProperty('x-required-scopes');
    }
  });
});
