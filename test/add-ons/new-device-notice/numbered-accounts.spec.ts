import { afterEach, expect, it } from '@jest/globals';
import { defineResource } from 'nest-auth-plug';
import { newDeviceNotice } from 'nest-auth-plug/add-ons/new-device-notice';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type AuthTestApp } from 'nest-auth-plug/testing';
import { REGISTER, registering, SIGN_IN } from '../../resources/who.js';
import { describeEachStore } from '../../stores/each-store.js';
import { FakeHashProvider } from '../../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../../users.js';

interface Numbered {
  readonly id: number;
  readonly email: string;
}

describeEachStore('an account whose key the database makes', (store) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('gets no notice of its own first sign-in, and one of the next elsewhere', async () => {
    const notices = new Outbox();
    const users = defineResource<Numbered>({
      subjectName: 'user',
      table: 'users',
      key: { id: 'integer' },
      addOns: [newDeviceNotice({ sender: notices })],
      strategies: [password({ identityField: 'email', hashProvider: new FakeHashProvider() })],
    });
    app = await authTestApp({ platform: 'express', resources: [users], dataLayer: await store.empty() });

    expect(await app.client().post(REGISTER, registering('ada@example.com'))).toMatchObject({ status: 200 });
    await app.idle();
    expect(notices.messages).toEqual([]);

    const json = { email: 'ada@example.com', password: PASSWORD };
    expect(await app.client().post(SIGN_IN, { json })).toMatchObject({ status: 200 });
    await app.idle();
    expect(notices.messages).toHaveLength(1);
  });
});
