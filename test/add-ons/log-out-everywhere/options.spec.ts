import { describe, expect, it } from '@jest/globals';
import { logOutEverywhere } from 'nest-auth-plug/add-ons/log-out-everywhere';
import { authTestApp } from 'nest-auth-plug/testing';
import { userResource, type User } from '../../users.js';

describe('logging out everywhere', () => {
  it('does not boot beside sign-ins that nothing ends', async () => {
    const addOns = [logOutEverywhere<User>()];
    const { resource } = userResource({ addOns, signIns: 'stateless-until-they-expire' });

    await expect(authTestApp({ resources: [resource] })).rejects.toThrow(
      /resources\.user\.log-out-everywhere[\s\S]*has no effect on stateless sign-ins[\s\S]*signIns: 'stored'/,
    );
  });

  it('has its route where the app wants it, or none', async () => {
    const routes = { 'sign-out': { path: 'now' } };
    const { resource } = userResource({ addOns: [logOutEverywhere<User>({ routes })] });
    const app = await authTestApp({ resources: [resource] });
    expect(await app.client().post('/auth/user/log-out-everywhere/now', { json: {} })).toMatchObject({ status: 401 });
    expect(await app.client().post('/auth/user/log-out-everywhere', { json: {} })).toMatchObject({ status: 404 });
    await app.close();
  });
});
