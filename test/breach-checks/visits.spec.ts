import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pwnedPasswords } from 'nest-auth-plug/breach-checks/pwned-passwords';
import type { BreachCheckOptions } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { PASSWORD, userResource } from '../users.js';
import { PADDING, RangeServer } from './range-server.js';

const suffix = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase().slice(5);

describe.each<Platform>(['express', 'fastify'])('a visitor with a leaked password, on %s,', (platform) => {
  let server: RangeServer;
  let app: AuthTestApp;

  beforeEach(() => {
    server = new RangeServer();
  });
  afterEach(async () => {
    await app.close();
    await server.close();
  });

  async function register(onFailure: BreachCheckOptions['onFailure']) {
    const check = pwnedPasswords({ endpoint: await server.listen() });
    const { resource } = userResource({}, { breachCheck: { check, onFailure } });
    app = await authTestApp({ platform, resources: [resource] });
    const typed = { password: PASSWORD, passwordConfirmation: PASSWORD };
    return app.client().post('/auth/user/password/register', { json: { email: 'ada@example.com', ...typed } });
  }

  it('[ASVS 6.2.12] is told so', async () => {
    server.answer = (_request, response) => void response.end(`${PADDING}\r\n${suffix}:3`);

    const answer = await register('allow');

    expect(answer).toMatchObject({ status: 422, body: { problems: [{ field: 'password', code: 'breached' }] } });
    expect(answer.text).not.toContain(PASSWORD);
  });

  it.each([
    ['allow', 200],
    ['refuse', 503],
  ] as const)(
    '[ASVS 6.2.12] meets what the app chose where the service is down: to %s is %i',
    async (onFailure, status) => {
      server.answer = (request) => void request.socket.destroy();

      const answer = await register(onFailure);

      expect(answer.status).toBe(status);
      expect(answer.headers.has('retry-after')).toBe(onFailure === 'refuse');
      const warned = app.logged.filter((line) => line.includes('password.breach-check failed'));
      expect(warned).toEqual([`warn password.breach-check failed: {"reason":"failed","onFailure":"${onFailure}"}`]);
      expect(app.logged.join('\n')).not.toContain(PASSWORD);
      expect(app.logged.join('\n')).not.toContain(suffix.slice(0, 8));
    },
  );
});
