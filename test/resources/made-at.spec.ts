import { afterEach, expect, it } from '@jest/globals';
import { defineResource } from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { describeEachStore } from '../stores/each-store.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { REGISTER, registering, WhoController } from './who.js';

describeEachStore('a user who can see since when it is one', (store) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('is told the same at its registration, and at each request from then on', async () => {
    const users = defineResource<{ id: string; email: string; memberSince: Date | null }>({
      subjectName: 'user',
      table: 'users',
      fields: { memberSince: 'time' },
      createdAtColumn: 'member_since',
      strategies: [password({ identityField: 'email', hashProvider: new FakeHashProvider() })],
    });
    app = await authTestApp({ resources: [users], controllers: [WhoController], dataLayer: await store.empty() });
    const now = app.clock.now().toISOString();
    const ada = app.client();

    expect(await ada.post(REGISTER, registering('ada@example.com'))).toMatchObject({
      status: 200,
      body: { user: { memberSince: now } },
    });

    app.clock.advance(1);
    expect((await ada.get('/home')).text).toContain(`"memberSince":"${now}"`);
  });
});
