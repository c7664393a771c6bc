import { afterEach, describe, expect, it } from '@jest/globals';
import { password } from 'nest-auth-plug/strategies/password';
import { confirmation } from 'nest-auth-plug/add-ons/confirmation';
import { Outbox, type Platform } from 'nest-auth-plug/testing';
import { ADA, addresses, addUser, BOB, follow, press, whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { signInRows } from '../../security/visit.js';
import { PASSWORD } from '../../users.js';
import { codeApp, identityRows, REFUSED, signIn, subjectOf, type CodeApp, type CodeAppOptions } from './setup.js';

const PURPOSE = 'identity-link';

interface Confirmed extends Addressee {
  readonly emailConfirmedAt: Date | null;
}

describe.each<Platform>(['express', 'fastify'])(
  'an unknown identity with the address of an account, on %s,',
  (platform) => {
    let app: CodeApp;
    let asked: Outbox;
    afterEach(() => app.close());

    const withPasswords = () => password<Addressee>({ identityField: 'email', hashProvider: new PlainHash() });
    async function visit(code: CodeAppOptions['code'] = {}) {
      asked = new Outbox();
      const addOns = [confirmation<Confirmed>({ monitorFields: ['email'], sender: asked }) as never]; // of a user with the time as well
      app = await codeApp({ platform, code, user: { addOns, strategies: [withPasswords()] } });
      return app.client();
    }
    const json = { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD };
    const register = (email = ADA) => app.client().post('/auth/user/password/register', { json: { ...json, email } });
    const confirm = (email = ADA) => app.data.update(app.users.model, { email }, { emailConfirmedAt: app.clock.now() });
    const mails = (purpose: string) =>
      [...app.outbox.messages, ...asked.messages].filter((message) => message.purpose === purpose);
    const settled = async () => app.idle();

    describe('as a rule', () => {
      it.each([true, false])('[ASVS 6.8.1] is refused, whatever the provider says of it: %s', async (verified) => {
        const browser = await visit();
        await addUser(app);
        await confirm();
        app.provider.account = { sub: 'mallory', email: ADA, email_verified: verified };

        expect(await signIn(app, browser)).toMatchObject(REFUSED);

        await settled();
        expect([await identityRows(app), await signInRows(app), mails(PURPOSE)]).toEqual([[], [], []]);
      });

      it('[ASVS 6.8.1] has an account of its own address confirmed by nobody', async () => {
        const browser = await visit();
        app.provider.account = { sub: 'mallory', email: ADA, email_verified: true };
        await signIn(app, browser);

        expect(await app.data.findOne(app.users.model, { email: ADA })).toMatchObject({ emailConfirmedAt: null });
      });
    });

    describe('of a provider that is trusted', () => {
      const code = { trustEmailVerified: true };

      it('[ASVS 6.8.1] is linked to it, which everybody else is signed out by, and whoever has the address is told', async () => {
        const browser = await visit(code);
        const before = app.client();
        await before.post('/auth/user/password/register', { json });
        await confirm();

        expect(await signIn(app, browser)).toMatchObject({ status: 200, body: { user: { email: ADA } } });

        await settled();
        expect([await whoIsIn(browser), await whoIsIn(before)]).toEqual([ADA, null]);
        expect(await identityRows(app)).toMatchObject([{ subject: await subjectOf(app, ADA), uid: 'ada-1815' }]);
        expect(mails('identity-linked')).toMatchObject([{ to: ADA, provider: 'Acme' }]);
        expect(await app.client().post('/auth/user/password/sign-in', { json })).toMatchObject({ status: 200 });
      });

      it.each([false, 'true', 1, undefined])(
        '[ASVS 6.8.1] is refused where that says of the address: %j',
        async (said) => {
          const browser = await visit(code);
          await addUser(app);
          await confirm();
          app.provider.account = { sub: 'mallory', email: ADA, email_verified: said };

          expect(await signIn(app, browser)).toMatchObject(REFUSED);

          expect(await identityRows(app)).toEqual([]);
        },
      );

      it('[ASVS 6.8.1] [PRJ] ends all that somebody had who registered the address first and never read its mail', async () => {
        const owner = await visit(code);
        const hijacker = app.client();
        expect(await hijacker.post('/auth/user/password/register', { json })).toMatchObject({ status: 200 });

        expect(await signIn(app, owner)).toMatchObject({ status: 200 });

        expect([await whoIsIn(owner), await whoIsIn(hijacker)]).toEqual([ADA, null]);
        expect(await hijacker.post('/auth/user/password/sign-in', { json })).toMatchObject({ status: 401 });
        expect(await identityRows(app)).toMatchObject([{ uid: 'ada-1815' }]);
        expect(await signIn(app, app.client())).toMatchObject({ status: 200 });
      });

      it('[ASVS 6.8.1] [PRJ] ends the identity of another account there that waited with the address unproven', async () => {
        const hijacker = await visit(code);
        app.provider.account = { sub: 'mallory', email: ADA, email_verified: false };
        await signIn(app, hijacker);
        expect(await whoIsIn(hijacker)).toBe(ADA);

        app.provider.account = { sub: 'ada-1815', email: ADA, email_verified: true };

        expect(await signIn(app, app.client())).toMatchObject({ status: 200 });

        expect(await whoIsIn(hijacker)).toBeNull();
        expect(await identityRows(app)).toMatchObject([{ uid: 'ada-1815' }]);
        app.provider.account = { sub: 'mallory', email: ADA, email_verified: false };
        expect(await signIn(app, app.client())).toMatchObject(REFUSED);
      });

      it('has its new account confirmed from the start, where that says so', async () => {
        const browser = await visit(code);
        await signIn(app, browser);
        app.provider.account = { sub: 'bob', email: BOB, email_verified: false };
        await signIn(app, app.client());
        await settled();

        const rows = await app.data.findMany(app.users.model, {}, { orderBy: 'email', limit: 9 });
        expect(rows).toMatchObject([
          { email: ADA, emailConfirmedAt: app.clock.now() },
          { email: BOB, emailConfirmedAt: null },
        ]);
        expect(mails('confirmation')).toMatchObject([{ to: BOB }]);
      });

      it('[ASVS 6.8.1] is refused where the account has an identity of that provider: addresses are given to others', async () => {
        const browser = await visit(code);
        await signIn(app, browser);
        app.provider.account = { sub: 'the-next-ada', email: ADA, email_verified: true };

        expect(await signIn(app, app.client())).toMatchObject(REFUSED);

        expect(await identityRows(app)).toMatchObject([{ uid: 'ada-1815' }]);
      });
    });

    describe('where its owner is asked', () => {
      const code = { onEmailMatch: 'confirm' } as const;

      it('[ASVS 6.8.1] is refused with the same words, and linked by what is mailed to the account', async () => {
        const browser = await visit(code);
        await addUser(app);
        await confirm();

        expect(await signIn(app, browser)).toMatchObject(REFUSED);

        await settled();
        expect(await identityRows(app)).toEqual([]);
        expect(app.outbox.last(ADA)).toMatchObject({ purpose: PURPOSE, provider: 'Acme', accountName: ADA });
        const page = await follow(app, app.client());
        expect(page).toMatchObject({ status: 200, text: expect.stringMatching(/Link Acme.*a••@example\.com/s) });
        expect(await identityRows(app)).toEqual([]);
        const answer = await press(app.client(), page);
        expect(answer).toMatchObject({ status: 200, setCookies: [] });
        expect(await identityRows(app)).toMatchObject([{ subject: await subjectOf(app, ADA), uid: 'ada-1815' }]);
        await settled();
        expect(mails('identity-linked')).toHaveLength(1);

        expect(await signIn(app, browser)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
        expect(await press(app.client(), page)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
      });

      it('[PRJ] ends what somebody had who registered the address first', async () => {
        const owner = await visit(code);
        await register();
        await signIn(app, owner);
        await settled();

        await press(app.client(), await follow(app, app.client()));

        expect(await app.client().post('/auth/user/password/sign-in', { json })).toMatchObject({ status: 401 });
        expect(await signIn(app, owner)).toMatchObject({ status: 200 });
      });

      it('[PRJ] mails three times a day at most', async () => {
        const browser = await visit(code);
        await addUser(app);
        for (let time = 0; time < 5; time += 1) await signIn(app, browser);
        await settled();

        expect(mails(PURPOSE)).toHaveLength(3);
      });

      it('links no identity that somebody else has by then', async () => {
        const browser = await visit(code);
        await addUser(app);
        await signIn(app, browser);
        await settled();
        const page = await follow(app, app.client());
        await app.data.delete(app.users.model, { email: ADA });
        await addUser(app, ADA);
        app.provider.account = { sub: 'ada-1815', email: BOB };
        await signIn(app, app.client());

        expect(await press(app.client(), page)).toMatchObject({ status: 422 });

        expect(await identityRows(app)).toMatchObject([{ subject: await subjectOf(app, BOB) }]);
        expect(await addresses(app)).toEqual([ADA, BOB]);
      });
    });
  },
);
