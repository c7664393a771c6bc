import { afterEach, describe, expect, it } from '@jest/globals';
import { defineResource } from 'nest-auth-plug';
import { confirmation } from 'nest-auth-plug/add-ons/confirmation';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type AuthTestApp, type Client } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../../users.js';

/** Signs in by a name, and may have two addresses, which others may have too. */
interface Member {
  readonly id: string;
  readonly login: string;
  readonly email: string | null;
  readonly emailConfirmedAt: Date | null;
  readonly phone: string | null;
  readonly phoneConfirmedAt: Date | null;
}

const AUTH = '/auth/member';
const EMAIL = 'ada@example.com';
const PHONE = '+44 20 7946 0018';

describe('an account with two addresses', () => {
  let app: AuthTestApp;
  let mails: Outbox;
  let ada: Client;
  afterEach(() => app.close());

  const members = () =>
    defineResource<Member>({
      subjectName: 'member',
      table: 'members',
      fields: { email: 'email', phone: 'text' },
      strategies: [
        password({ identityField: 'login', accept: ['email', 'phone'], hashProvider: new FakeHashProvider() }),
      ],
      addOns: [confirmation({ monitorFields: ['email', 'phone'], sender: mails })],
    });

  async function arrive(addresses: object = {}): Promise<void> {
    mails = new Outbox();
    app = await authTestApp({ resources: [members()] });
    ada = app.client();
    await register(ada, 'ada', addresses);
  }

  const register = (browser: Client, login: string, addresses: object) => {
    const json = { login, password: PASSWORD, passwordConfirmation: PASSWORD, ...addresses };
    return browser.post(`${AUTH}/password/register`, { json });
  };
  const row = () => app.data.findOne(members().model, { login: 'ada' });
  const change = (json: object) => ada.post(`${AUTH}/confirmation/change`, { json });
  async function confirm(to: string) {
    await app.idle();
    const query = mails.messages.findLast((mail) => mail.to === to && mail.link !== undefined)?.link?.searchParams;
    return app.client().post(`${AUTH}/confirmation/confirm`, { json: Object.fromEntries(query ?? []) });
  }

  it('gets a link to each, and neither voids the other', async () => {
    await arrive({ email: EMAIL, phone: PHONE });

    expect(await confirm(EMAIL)).toMatchObject({ status: 200 });
    expect(await confirm(PHONE)).toMatchObject({ status: 200 });

    expect(await row()).toMatchObject({ emailConfirmedAt: expect.any(Date), phoneConfirmedAt: expect.any(Date) });
  });

  it('changes one at a time', async () => {
    await arrive({ email: EMAIL });

    expect(await change({ email: 'bea@example.com', phone: PHONE })).toMatchObject({ status: 422 });
    expect(await change({})).toMatchObject({ status: 422, body: { problems: [{ code: 'required' }] } });
    expect(await change({ phone: PHONE })).toMatchObject({ status: 200 });
    expect(await confirm(PHONE)).toMatchObject({ status: 200 });

    expect(await row()).toMatchObject({ email: EMAIL, phone: PHONE, emailConfirmedAt: null });
  });

  it('may share one with others, and confirms it all the same', async () => {
    await arrive({ phone: PHONE });
    await register(app.client(), 'bea', { email: EMAIL });
    await app.idle();
    mails.clear();

    await change({ email: EMAIL });

    expect(await confirm(EMAIL)).toMatchObject({ status: 200 });
    expect(await row()).toMatchObject({ email: EMAIL, emailConfirmedAt: expect.any(Date) });
  });

  it('sends another link to nobody who only names an address that several may have', async () => {
    await arrive({ email: EMAIL });
    await app.idle();
    mails.clear();

    expect(await app.client().post(`${AUTH}/confirmation/resend`, { json: { email: EMAIL } })).toMatchObject({
      status: 200,
    });
    await app.idle();

    expect(mails.messages).toEqual([]);
    expect(await change({ email: EMAIL })).toMatchObject({ status: 200 });
    expect(await confirm(EMAIL)).toMatchObject({ status: 200 });
  });

  it('loses the time with the address, where the app takes it away', async () => {
    await arrive({ phone: PHONE });
    await confirm(PHONE);
    const subject = app.service.userToSubject((await row()) ?? {});

    await app.service.changeUser(subject, { phone: null });

    expect(await row()).toMatchObject({ phone: null, phoneConfirmedAt: null });
  });
});
