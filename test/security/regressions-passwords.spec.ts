import { afterEach, describe, expect, it } from '@jest/globals';
import type { Subject } from 'nest-auth-plug';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import { ADA, comparable, NO_LIMITS, register, signIn, visit } from './visit.js';
import { PASSWORD } from '../users.js';

const WRONG = 'not the right password';

let app: AuthTestApp;
afterEach(() => app.close());

/** An app with one account. */
async function subjectOfAda(guesses: number): Promise<Subject> {
  const guessesPerIdentity = [{ limit: guesses, windowSeconds: 900 }];
  ({ app } = await visit('express', {
    resource: { limits: { ...NO_LIMITS, guessesPerIdentity } },
    password: { mustChange: true },
  }));
  await register(app.client());
  const { signIn: made } = await app.service.perform(['password', 'sign-in'], { email: ADA, password: PASSWORD });
  if (made === null) throw new Error('Expected a sign-in');
  return made.subject;
}

const requireChange = (subject: Subject) => app.service.perform(['password', 'require-change'], { subject });

describe('a password that must be changed', () => {
  it('[ASVS 6.3.8] is told of to nobody whose account is disabled, however right it is', async () => {
    const ada = await subjectOfAda(1000);
    await requireChange(ada);
    const told = await signIn(app.client());
    await app.service.disable(ada);

    const [right, wrong] = [await signIn(app.client()), await signIn(app.client(), WRONG)];

    expect(comparable(right)).toEqual(comparable(wrong));
    expect(right.text).not.toBe(told.text);
  });

  it('[ASVS 6.3.1] is guessed at no more often because somebody required the change', async () => {
    const ada = await subjectOfAda(3);
    for (let index = 0; index < 3; index += 1) await signIn(app.client(), WRONG);

    await requireChange(ada);

    expect(await signIn(app.client(), WRONG)).toMatchObject({ status: 429 });
  });
});
