import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { fakeProvider, type FakeProvider } from 'nest-auth-plug/testing';
import { temporaryFolder } from '../../adapters/temporary-file.js';
import { admin, connect, lastReason, REFUSED, signIn, ssoApp, type SsoApp } from './setup.js';

const [OLD, NEW] = ['oldOld0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM', 'newNew4rJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEy'];

describe('the secret of a connection', () => {
  const folder = temporaryFolder();
  let [app, provider] = [] as unknown as [SsoApp, FakeProvider]; // made in each test
  let file = 0;
  afterEach(async () => {
    await app.close();
    await provider.close();
  });

  /** The same store under other secrets, as after a start. */
  const start = async (secrets: readonly string[]) => {
    const dataLayer = sqlDataLayer({ url: `file:${join(folder, `${file}.db`)}`, migrate: true });
    app = await ssoApp({ dataLayer, app: { secrets } });
    provider.clock = app.clock;
  };
  const begin = async () => {
    file += 1;
    provider = await fakeProvider();
    await start([OLD]);
    await connect(app, { issuer: provider.issuer, clientSecret: provider.client.secret });
    await app.close();
  };
  const come = () => signIn(app, app.client(), { provider });

  it('[ASVS 13.3.4] is sealed anew where it is used under the app’s newest secret, and then needs the old one no more', async () => {
    await begin();
    await start([NEW, OLD]);
    expect(await come()).toMatchObject({ status: 200 });
    await app.close();

    await start([NEW]);

    expect(await come()).toMatchObject({ status: 200 });
  });

  it('[ASVS 13.3.1] that cannot be read lets nobody in, which the log says; and another one does', async () => {
    await begin();
    await start([NEW]);

    expect(await app.client().get('/auth/user/sso?connection=acme')).toMatchObject(REFUSED);
    expect(lastReason(app)).toBe('unreadable_secret');
    expect(app.logged.join('\n')).toContain('unreadable_secret');

    await admin(app, 'update-connection', { connection: 'acme', clientSecret: provider.client.secret });
    expect(await come()).toMatchObject({ status: 200 });
  });
});
