import { Controller } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthPlug, type Activity, type AuthContext } from 'nest-auth-plug';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { PASSWORD, type User } from '../users.js';
import { ADA, isIn, register, REGISTER, signIn, signInRows, visit } from './visit.js';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

@Controller('auth')
class TooMuchPlug extends AuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, _activity: Activity, user: User | null): Promise<string> {
    await this.storeInSession(ctx, user);
    ctx.cookies.set('__Host-too-much', 'x'.repeat(5000), null);
    return 'in';
  }
}

describe.each<Platform>(['express', 'fastify'])('a password on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 6.2.10] does not expire', async () => {
    ({ app } = await visit(platform));
    await register(app.client());

    app.clock.advance(10 * YEAR_SECONDS);

    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.2.4] of the common ones is refused with the reason, registering, changing and resetting', async () => {
    const { outbox, ...visited } = await visit(platform);
    ({ app } = visited);
    const browser = app.client();
    await register(browser);
    await browser.post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();
    const resetToken = outbox.last(ADA).link?.searchParams.get('token');
    const typed = { password: 'iloveyou1', passwordConfirmation: 'iloveyou1' };

    for (const [path, json] of [
      [REGISTER, { email: 'bea@example.com', name: 'Bea', ...typed }],
      ['/auth/user/password/change', { currentPassword: PASSWORD, ...typed }],
      ['/auth/user/password/reset', { resetToken, ...typed }],
    ] as const) {
      const answer = await browser.post(path, { json });
      expect([path, answer]).toMatchObject([
        path,
        { status: 422, body: { problems: [{ field: 'password', code: 'too_common' }] } },
      ]);
    }
    expect(await isIn(browser)).toBe(true);
  });

  it('[ASVS 3.3.5] signs nobody in where a cookie is larger than browsers keep: an error, and no half of a session', async () => {
    ({ app } = await visit(platform, { app: { plug: TooMuchPlug } }));
    const browser = app.client();

    expect(await register(browser)).toMatchObject({ status: 500, setCookies: [] });

    expect((await signInRows(app)).filter(({ endedAt }) => endedAt === null)).toEqual([]);
  });
});
