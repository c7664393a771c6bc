import { expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { authTestApp } from 'nest-auth-plug/testing';
import { PASSWORD, userResource } from '../users.js';

const OLD = 'k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM';
const NEW = 'bZ3xW9qLr7Tn1VdKf5HsMj8GcYpEuAoN2iQ6mRtXyJw';
const ADA = { email: 'ada@example.com', password: PASSWORD };
const LIMITS = { guessesPerIdentity: [{ limit: 2, windowSeconds: 900 }] };

it.each([
  ['in front', [OLD], [NEW, OLD]],
  ['behind', [NEW], [OLD, NEW]],
])(
  '[ASVS 6.1.1] knows a device after a secret was put %s, whoever hammers at the account',
  async (_, before, after) => {
    const dataLayer = memoryDataLayer();
    const boot = (secrets: string[]) => {
      const { resource } = userResource({ limits: LIMITS });
      return authTestApp({ resources: [resource], dataLayer, app: { secrets } });
    };
    const first = await boot(before);
    const owner = first.client();
    await owner.post('/auth/user/password/register', { json: { ...ADA, name: 'Ada', passwordConfirmation: PASSWORD } });
    await first.close();

    const second = await boot(after);
    const browser = second.client();
    const device = owner.cookies.get('__Host-user-device') ?? '';
    browser.cookies.set('__Host-user-device', device);
    const signIn = (client: typeof browser, password: string) =>
      client.post('/auth/user/password/sign-in', { json: { ...ADA, password } });
    for (let guess = 0; guess < 3; guess += 1) await signIn(second.client(), 'not the one at all');

    expect(await signIn(second.client(), PASSWORD)).toMatchObject({ status: 429 });
    expect(await signIn(browser, PASSWORD)).toMatchObject({ status: 200 });
    await second.close();
  },
);
