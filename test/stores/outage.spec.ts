import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionUserGuard } from 'nest-auth-plug';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { gateTo, type Gate } from '../adapters/gate.js';
import { mariadbAnswers, temporaryMariadb } from '../adapters/temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres } from '../adapters/temporary-postgres.js';
import { PASSWORD, userResource } from '../users.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

@Controller('home')
@UseGuards(SessionUserGuard)
class HomeController {
  @Get()
  home(): string {
    return 'in';
  }
}

interface Place {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

const servers: readonly (readonly [string, () => Promise<Place>])[] = [
  ...((await postgresAnswers()) ? ([['PostgreSQL', temporaryPostgres]] as const) : []),
  ...((await mariadbAnswers()) ? ([['MariaDB', temporaryMariadb]] as const) : []),
];
const visits = servers.flatMap(([server, makePlace]) =>
  (['express', 'fastify'] as const).map((platform: Platform) => ({ server, makePlace, platform })),
);

(visits.length > 0
  ? describe.each(visits)
  : describe.skip.each([{ server: 'no server', makePlace: temporaryPostgres, platform: 'express' as Platform }]))(
  'a database that goes away, $server and $platform',
  ({ makePlace, platform }) => {
    let place: Place;
    let gate: Gate;
    let app: AuthTestApp;

    beforeAll(async () => {
      place = await makePlace();
      gate = await gateTo(place.url);
      const dataLayer = sqlDataLayer({ url: gate.url, migrate: true });
      const { resource } = userResource();
      app = await authTestApp({ platform, resources: [resource], dataLayer, controllers: [HomeController] });
    });
    afterAll(async () => {
      await app.close();
      await gate.shut();
      await place.drop();
    });

    it('answers 503 while it is away, signs nobody out, and goes on when it is back', async () => {
      const browser = app.client();
      await browser.post('/auth/user/password/register', { json: ADA });
      const requests = [
        () => browser.get('/home'),
        () => browser.post('/auth/user/password/sign-in', { json: { email: ADA.email, password: PASSWORD } }),
        () => browser.post('/auth/user/password/register', { json: { ...ADA, email: 'bea@example.com' } }),
        () => browser.post('/auth/user/session/sign-out', { json: {} }),
      ];

      await gate.shut();
      for (const request of requests) {
        const answer = await request();
        expect(answer).toMatchObject({ status: 503, setCookies: [] });
        expect(answer.headers.get('retry-after')).toBe('5');
        expect(answer.text).not.toMatch(/database|postgres|maria|connect/i);
      }
      await gate.open();

      for (const request of requests) expect(await request()).toMatchObject({ status: 200 });
      expect(await browser.get('/home')).toMatchObject({ status: 401 });
    });
  },
);
