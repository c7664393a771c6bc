import { afterEach, describe, expect, it } from '@jest/globals';
import { confirmation } from 'nest-auth-plug/add-ons/confirmation';
import { fakeProvider, Outbox, type Platform } from 'nest-auth-plug/testing';
import { ADA, addUser, BOB, follow, press, whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { admin, connect, identityRows, REFUSED, signIn, ssoApp, type SsoApp, type SsoAppOptions } from './setup.js';

interface Confirmed extends Addressee {
  readonly emailConfirmedAt: Date | null;
}

describe.each<Platform>(['express', 'fastify'])('the address that a customer’s provider says, on %s,', (platform) => {
  let app: SsoApp;
  afterEach(() => app.close());

  /** An app in which {@link BOB} has an account of his own. */
  async function visit(sso: NonNullable<SsoAppOptions['sso']>, domains: readonly string[]) {
    const addOns = [confirmation<Confirmed>({ monitorFields: ['email'], sender: new Outbox() }) as never]; // of a user with the time as well
    app = await ssoApp({ platform, sso, user: { addOns } });
    await connect(app, { domains });
    await addUser(app, BOB, { emailConfirmedAt: app.clock.now() });
    app.provider.account = { sub: 'mallory', email: BOB, email_verified: true };
  }
  const trusted = { trustEmailVerified: true };
  const confirmedAt = async (email: string) =>
    (await app.data.findOne(app.users.model, { email }))?.['emailConfirmedAt'] ?? null;

  it('[ASVS 6.8.1] opens the account that has it, where it is of the connection’s own domains', async () => {
    await visit(trusted, ['example.com']);
    const browser = app.client();

    expect(await signIn(app, browser)).toMatchObject({ status: 200, body: { user: { email: BOB } } });
    expect(await identityRows(app)).toMatchObject([{ uid: 'mallory' }]);
  });

  it.each([[[]], [['acme.example']], [['sub.example.com']], [['xample.com']]])(
    '[ASVS 6.8.1] [PRJ 12] opens no account of another’s domain, whatever it says: %j',
    async (domains) => {
      await visit(trusted, domains);

      expect(await signIn(app)).toMatchObject(REFUSED);
      expect(await identityRows(app)).toEqual([]);
    },
  );

  it('[ASVS 6.8.1] is confirmed with a new account where it is of its own domains, and not where it is of others', async () => {
    await visit(trusted, ['example.com']);
    app.provider.account = { sub: 'ada', email: 'ADA@EXAMPLE.COM', email_verified: true };
    await signIn(app);
    app.provider.account = { sub: 'eve', email: 'eve@bank.example', email_verified: true };
    await signIn(app);

    expect([await confirmedAt(ADA), await confirmedAt('eve@bank.example')]).toEqual([app.clock.now(), null]);
  });

  it('[ASVS 6.8.1] opens nothing where nobody said that it may', async () => {
    await visit({}, ['example.com']);

    expect(await signIn(app)).toMatchObject(REFUSED);
  });

  it('[ASVS 6.8.1] is linked by its owner, who is told which provider it is', async () => {
    await visit({ onEmailMatch: 'confirm' }, []);
    expect(await signIn(app)).toMatchObject(REFUSED);
    await app.idle();
    expect(app.outbox.last(BOB)).toMatchObject({ purpose: 'identity-link', provider: 'Acme Corporation' });

    const owner = app.client();
    const page = await follow(app, owner, BOB);
    expect(page.text).toContain('Link Acme Corporation');
    expect(await press(owner, page)).toMatchObject({ status: 200 });

    const browser = app.client();
    await signIn(app, browser);
    expect(await whoIsIn(browser)).toBe(BOB);
  });

  it('[ASVS 6.8.1] is linked no more where the connection leads to another provider by then', async () => {
    await visit({ onEmailMatch: 'confirm' }, []);
    await signIn(app);
    await app.idle();
    const owner = app.client();
    const page = await follow(app, owner, BOB);
    const other = await fakeProvider({ clock: app.clock });
    await admin(app, 'update-connection', { connection: 'acme', issuer: other.issuer });
    await other.close();

    expect(await press(owner, page)).toMatchObject({ body: { code: 'ERR_INVALID_TOKEN' } });
    expect(await identityRows(app)).toEqual([]);
  });

  it.each(['disable-connection', 'remove-connection'])(
    '[ASVS 6.8.1] is linked no more where the connection is gone by then: %s',
    async (phase) => {
      await visit({ onEmailMatch: 'confirm' }, []);
      await signIn(app);
      await app.idle();
      const owner = app.client();
      const page = await follow(app, owner, BOB);
      await admin(app, phase, { connection: 'acme' });

      expect(await press(owner, page)).toMatchObject({ body: { code: 'ERR_INVALID_TOKEN' } });
      expect(await follow(app, owner, BOB)).toMatchObject({ body: { code: 'ERR_INVALID_TOKEN' } });
      expect(await identityRows(app)).toEqual([]);
    },
  );
});
