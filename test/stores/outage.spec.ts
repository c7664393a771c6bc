import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionUserGuard } from 'nest-auth-plug';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { postgresAnswers, temporaryPostgres, type TemporaryPostgres } from '../adapters/temporary-postgres.js';
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

const answers = await postgresAnswers();

(answers ? describe.each<Platform>(['express', 'fastify']) : describe.skip.each<Platform>(['express']))(
  'a database that goes away, on %s',
  (platform) => {
    let postgres: TemporaryPostgres;
    let elsewhere: TemporaryPostgres;
    let app: AuthTestApp;

    beforeAll(async () => {
      [postgres, elsewhere] = await Promise.all([temporaryPostgres(), temporaryPostgres()]);
      const dataLayer = sqlDataLayer({ url: postgres.url, migrate: true });
      const { resource } = userResource();
      app = await authTestApp({ platform, resources: [resource], dataLayer, controllers: [HomeController] });
    });
    afterAll(async () => {
      await app.close();
      await Promise.all([postgres.drop(), elsewhere.drop()]);
    });

    async function setGone(gone: boolean): Promise<void> {
      const name = new URL(postgres.url).pathname.slice(1);
      await elsewhere.query(`alter database ${name} allow_connections ${String(!gone)}`);
      await elsewhere.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    }

    it('answers 503 while it is away, signs nobody out, and goes on when it is back', async () => {
      const browser = app.client();
      await browser.post('/auth/user/password/register', { json: ADA });
      const requests = [
        () => browser.get('/home'),
        () => browser.post('/auth/user/password/sign-in', { json: { email: ADA.email, password: PASSWORD } }),
        () => browser.post('/auth/user/password/register', { json: { ...ADA, email: 'bea@example.com' } }),
        () => browser.post('/auth/user/session/sign-out', { json: {} }),
      ];

      await setGone(true);
      for (const request of requests) {
        const answer = await request();
        expect(answer).toMatchObject({ status: 503, setCookies: [] });
        expect(answer.headers.get('retry-after')).toBe('5');
        expect(answer.text).not.toMatch(/database|postgres|connect/i);
      }
      await setGone(false);

      for (const request of requests) expect(await request()).toMatchObject({ status: 200 });
      expect(await browser.get('/home')).toMatchObject({ status: 401 });
    });
  },
);
