import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { beforeEachCall } from '../../../lib/testing/contracts/recorded-work.js';
import { ADA } from '../../rooms/mailed-app.js';
import { codeApp, identityRows, signIn, type CodeApp } from './setup.js';

describe('a refresh during which somebody signs in by the provider', () => {
  let app: CodeApp;
  let meanwhile: (() => Promise<unknown>) | null = null;
  afterEach(() => app.close());

  /** Before what the provider answered is written. */
  const open = async () => {
    let writes = 0;
    const dataLayer = beforeEachCall(memoryDataLayer(), (call) => {
      const work = call.startsWith('update identities') && meanwhile !== null && (writes += 1) === 2 ? meanwhile : null;
      if (work === null) return undefined;
      meanwhile = null;
      return work().then(() => undefined);
    });
    app = await codeApp({ dataLayer, code: { keepTokens: true } });
    await signIn(app, app.client());
    app.clock.advance(3600);
    const row = await app.data.findOne(app.users.model, { email: ADA });
    return () => app.service.providerToken({ id: row?.['id'] }, 'oauth2', { subjectName: 'user' });
  };

  it.each([
    ['the provider takes it no more', { answers: { token: { status: 400, body: '{"error":"invalid_grant"}' } } }],
    ['the provider does not answer', { answers: { token: { status: 503, body: '' } } }],
    ['the provider gives another', {}],
  ])('[ASVS 15.4.2] leaves them what they have got by that, where %s', async (_, lies) => {
    const token = await open();
    app.provider.lies = lies;
    meanwhile = async () => {
      app.provider.lies = {};
      await signIn(app, app.client());
    };

    const given = await token();

    expect(meanwhile).toBeNull();
    expect(await identityRows(app)).toMatchObject([{ refreshingUntil: null, refreshToken: expect.any(String) }]);
    expect((await token()).accessToken.reveal()).toBe(given.accessToken.reveal());
    expect(app.provider.received.filter(({ path }) => path === '/token')).toHaveLength(3);
  });
});
