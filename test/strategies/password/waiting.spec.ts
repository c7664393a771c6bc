import { expect, it } from '@jest/globals';
import { authTestApp } from 'nest-auth-plug/testing';
import { PASSWORD, userResource } from '../../users.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

it('makes the account of whoever may not sign in yet, and signs nobody in', async () => {
  let mayEnter = false;
  const { resource } = userResource({ maySignIn: () => mayEnter });
  const app = await authTestApp({ resources: [resource] });
  const browser = app.client();
  const register = () => browser.post('/auth/user/password/register', { json: ADA });
  const signIn = () => browser.post('/auth/user/password/sign-in', { json: { email: ADA.email, password: PASSWORD } });

  expect(await register()).toMatchObject({ status: 401, setCookies: [] });
  expect(await register()).toMatchObject({ status: 422, body: { problems: [{ field: 'email', code: 'taken' }] } });
  expect(await signIn()).toMatchObject({ status: 401 });
  mayEnter = true;
  expect(await signIn()).toMatchObject({ status: 200, body: { user: { name: 'Ada' } } });
  await app.close();
});
