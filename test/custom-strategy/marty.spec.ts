// marty.spec.ts
import { afterEach, describe, expect, it } from '@jest/globals';
import { authTestApp, strategyContract, type AuthTestApp } from 'nest-auth-plug/testing';
import { marty } from './marty.strategy.js';
import { users, type User } from './users.js';

const MARTY = { id: '1', username: 'martymcfly' };
const BIFF = { id: '2', username: 'biff' };

describe.each(['express', 'fastify'] as const)('the strategy marty on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function comes(username: string) {
    app = await authTestApp({ resources: [users], platform });
    for (const account of [MARTY, BIFF]) await app.data.insert(users.model, account);
    return app.client().post('/auth/user/marty', { json: { username } });
  }

  it('lets a Marty in who has an account', async () => {
    const answer = await comes('MartyMcFly');

    expect(answer).toMatchObject({ status: 200, body: { user: MARTY } });
  });

  it.each([
    ['with an account and another name', 'biff'],
    ['with another name and no account', 'griff'],
    ['called Marty and without an account', 'martyn'],
  ])('refuses somebody %s, always in the same words', async (_, username) => {
    const answer = await comes(username);

    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' }, setCookies: [] });
  });
});

describe('the strategy marty', () => {
  const { checks } = strategyContract<User>({
    strategy: () => marty(),
    accounts: [MARTY, BIFF],
    phase: 'sign-in',
    input: () => ({ username: 'martymcfly' }),
    alike: [{ phase: 'sign-in', known: { username: 'biff' }, unknown: { username: 'griff' } }],
  });

  it.each(checks)('$name', (check) => check.run());
});
