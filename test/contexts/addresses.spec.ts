import { Controller } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthReply, JsonAuthPlug, type Activity, type AuthContext, type AuthError } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { SIGN_IN } from '../plug/mounted-app.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { userResource, type User } from '../users.js';

@Controller('auth')
class AddressPlug extends JsonAuthPlug<User> {
  override handleFailure(ctx: AuthContext, _activity: Activity, { code }: AuthError) {
    return AuthReply.text(code === 'ERR_LIMIT_EXCEEDED' ? 'limit' : String(ctx.client.address));
  }
}

const GUESS = { json: { email: 'ada@example.com', password: 'wrong' } };

describe.each<Platform>(['express', 'fastify'])('the address of a client on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function boot(trustProxy?: boolean | string): Promise<void> {
    const limits = { guessesPerAddress: [{ limit: 2, windowSeconds: 900 }] };
    const { resource } = userResource({ limits }, { hashProvider: new PlainHash() });
    app = await authTestApp({ platform, trustProxy, resources: [resource], plug: AddressPlug });
  }

  async function guessFrom(forwarded: string): Promise<string> {
    const { text } = await app.client().post(SIGN_IN, { ...GUESS, headers: { 'x-forwarded-for': forwarded } });
    return text;
  }

  it('is that of the connection, whatever X-Forwarded-For says', async () => {
    await boot();

    const answers = [await guessFrom('203.0.113.1'), await guessFrom('203.0.113.2'), await guessFrom('203.0.113.3')];
    expect(answers).toEqual(['127.0.0.1', '127.0.0.1', 'limit']);
  });

  it('is what a trusted proxy says, and counts by that', async () => {
    await boot('loopback');

    const answers = [await guessFrom('203.0.113.1'), await guessFrom('203.0.113.1'), await guessFrom('203.0.113.1')];
    expect(answers).toEqual(['203.0.113.1', '203.0.113.1', 'limit']);
    expect(await guessFrom('203.0.113.2')).toBe('203.0.113.2');
  });

  it('is that of the last hop that is not trusted: what a client wrote itself is in front of it', async () => {
    await boot('loopback');

    expect(await guessFrom('198.51.100.9, 203.0.113.1')).toBe('203.0.113.1');
  });
});
