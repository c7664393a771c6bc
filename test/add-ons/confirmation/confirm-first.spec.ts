import { afterEach, expect, it } from '@jest/globals';
import { Outbox, type Client, type Platform } from 'nest-auth-plug/testing';
import { ADA, comparable, isIn, register, signIn } from '../../security/visit.js';
import { describeEachStore } from '../../stores/each-store.js';
import { PASSWORD } from '../../users.js';
import { confirm, confirmingVisit, linkTo, resend, type Confirming } from './setup.js';

const PLATFORMS: readonly Platform[] = ['express', 'fastify'];
const NEW = 'pear tree in the valley';

describeEachStore('registering where addresses are confirmed first', (store) => {
  let at: Confirming;
  let attempts: Outbox;
  afterEach(() => at.app.close());

  async function arrive(platform: Platform = 'express', signInTokens?: object): Promise<Client> {
    attempts = new Outbox();
    const password = { registration: 'confirm-first', attemptSender: attempts, signInTokens } as const;
    at = await confirmingVisit(platform, { password, dataLayer: await store.empty() });
    return at.app.client();
  }

  it.each(PLATFORMS)(
    '[ASVS 6.3.8] answers everybody alike, signs nobody in, and tells the owner of a taken address, on %s',
    async (platform) => {
      const browser = await arrive(platform);
      const first = await register(browser);
      await at.app.idle();
      await confirm(browser, await linkTo(at));
      await at.sent();

      const again = await register(browser);

      expect(first).toMatchObject({ status: 200, setCookies: [] });
      expect(comparable(again)).toEqual(comparable(first));
      expect(await isIn(browser)).toBe(false);
      expect(await at.sent()).toEqual([]);
      expect(attempts.messages).toMatchObject([
        { purpose: 'registration-attempt', to: ADA, user: { email: ADA }, tenant: null },
      ]);
      expect(attempts.last()).not.toHaveProperty('link');
    },
  );

  it.each(PLATFORMS)(
    '[ASVS 2.3.1] [ASVS 6.3.8] lets nobody in by a password until the address is confirmed, and then does, on %s',
    async (platform) => {
      const browser = await arrive(platform);
      await register(browser);
      await at.app.idle();

      const unconfirmed = await signIn(browser);
      const wrong = await signIn(browser, NEW);
      expect(unconfirmed).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
      expect(comparable(unconfirmed)).toEqual(comparable(wrong));
      expect(await at.row()).toMatchObject({ emailConfirmedAt: null });

      await confirm(at.app.client(), await linkTo(at));
      expect(await signIn(browser)).toMatchObject({ status: 200 });
    },
  );

  it('[PRJ 8] leaves whoever registered another’s address with a password that opens nothing, once its owner resets it', async () => {
    await register(await arrive());
    await at.app.idle();
    await at.app.client().post('/auth/user/password/reset-request', { json: { email: ADA } });
    await at.app.idle();
    const resetToken = at.outbox.last(ADA).link?.searchParams.get('token');
    const json = { resetToken, password: NEW, passwordConfirmation: NEW };

    expect(await at.app.client().post('/auth/user/password/reset', { json })).toMatchObject({ status: 200 });

    expect(await at.row()).toMatchObject({ emailConfirmedAt: expect.any(Date) });
    expect(await signIn(at.app.client())).toMatchObject({ status: 401 });
    expect(await signIn(at.app.client(), NEW)).toMatchObject({ status: 200 });
    expect(await confirm(at.app.client(), await linkTo(at))).toMatchObject({ status: 422 });
  });

  it('makes one account of ten parallel registrations of one address', async () => {
    await arrive();

    const limited = await Promise.all(Array.from({ length: 10 }, () => register(at.app.client())));
    await at.app.idle();

    expect(limited.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(await at.sent()).toEqual([`confirmation to ${ADA}`]);
    expect(attempts.messages).toHaveLength(2);
  });

  it('hands out no sign-in token for an address that is not confirmed', async () => {
    await register(await arrive('express', {}));
    await at.app.idle();
    const issue = () => at.app.service.perform(['password', 'issue-sign-in-token'], { email: ADA, password: PASSWORD });

    await expect(issue()).rejects.toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED', reason: 'unconfirmed' });
    await confirm(at.app.client(), await linkTo(at));

    expect(await issue()).toMatchObject({ result: { token: expect.any(String) } });
  });

  it('tells at once what is wrong with a password, and makes no account', async () => {
    const browser = await arrive();

    expect(
      await browser.post('/auth/user/password/register', {
        json: { email: ADA, password: 'short', passwordConfirmation: 'short' },
      }),
    ).toMatchObject({ status: 422 });

    await at.app.idle();
    expect(await at.row()).toBeNull();
  });

  it('has another link sent to whoever lost the first', async () => {
    await register(await arrive());
    await at.app.idle();
    await resend(at.app.client());

    expect(await confirm(at.app.client(), await linkTo(at))).toMatchObject({ status: 200 });
  });
});
