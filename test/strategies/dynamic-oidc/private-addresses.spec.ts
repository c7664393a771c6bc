import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Platform } from 'nest-auth-plug/testing';
import { temporaryFolder } from '../../adapters/temporary-file.js';
import { AUTH, connect, ssoApp, type SsoApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('an issuer of this network, on %s,', (platform) => {
  const folder = temporaryFolder();
  let app: SsoApp;
  afterEach(() => app.close());

  const lastDiscovery = () => app.events.findLast(({ name }) => name === 'sso.connection-discovery')?.facts;

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '[::1]',
    '[fd00::1]',
    '[fe80::1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '2130706433',
    '0x7f.1',
    'localhost',
    'app.localhost',
  ])('[ASVS 1.3.6] [ASVS 13.2.4] [ASVS 15.3.2] is nobody’s connection: %s', async (host) => {
    app = await ssoApp({ platform, sso: { allowPrivateIssuers: false } });
    const issuer = `https://${host}:${new URL(app.provider.issuer).port}`;

    await expect(connect(app, { issuer })).rejects.toMatchObject({
      problems: [{ field: 'issuer', code: 'not_discovered' }],
    });

    expect(lastDiscovery()).toEqual({ reason: expect.stringMatching(/^provider_(private_address|unreachable)$/) });
    expect(app.provider.received).toEqual([]);
  });

  it('[ASVS 12.3.1] is none by plain http', async () => {
    app = await ssoApp({ platform, sso: { allowPrivateIssuers: false } });

    await expect(connect(app)).rejects.toMatchObject({ problems: [{ field: 'issuer', code: 'invalid' }] });
    expect(app.provider.received).toEqual([]);
  });

  it('[ASVS 1.3.6] [ASVS 13.2.4] is asked for nothing where its row is there all the same', async () => {
    const store = () => sqlDataLayer({ url: `file:${join(folder, `${platform}.db`)}`, migrate: true });
    const lax = await ssoApp({ platform, dataLayer: store() });
    await connect(lax);
    await lax.close();

    app = await ssoApp({ platform, dataLayer: store(), sso: { allowPrivateIssuers: false } });
    const answer = await app.client().get(`${AUTH}?connection=acme`);

    expect(answer).toMatchObject({ body: { code: 'ERR_PROVIDER_FAILED' }, setCookies: [] });
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('location')).toBeNull();
  });
});
