import { expect, it } from '@jest/globals';
import type { AddOn } from 'nest-auth-plug';
import { authTestApp } from 'nest-auth-plug/testing';
import { PASSWORD, userResource, type User } from '../users.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

async function bootWith(addOn: Partial<AddOn<User>>) {
  const { resource } = userResource({ addOns: [{ name: 'watching', phases: [], ...addOn }] });
  const app = await authTestApp({ resources: [resource] });
  const { user } = await app.service.perform<User>(['password', 'register'], ADA);
  return { app, subject: app.service.userToSubject(user ?? {}) };
}

it('tells the rooms of a user who is deleted, in the transaction that deletes', async () => {
  const seen: string[] = [];
  const { app, subject } = await bootWith({
    changingUser: (_, { kind, before }) => Promise.resolve(void seen.push(`${kind} ${before?.name ?? 'nobody'}`)),
    signedOut: (_, { which }) => Promise.resolve(void seen.push(`signed out ${which}`)),
    forget: (forgotten) => Promise.resolve(void seen.push(`forget ${forgotten}`)),
  });

  await app.service.deleteUser(subject);

  expect(seen).toEqual(['create nobody', 'signed out all', 'delete Ada', `forget ${subject}`]);
  await app.close();
});

it('deletes nobody where a room cannot forget', async () => {
  const { app, subject } = await bootWith({ forget: () => Promise.reject(new Error('a bug')) });

  await expect(app.service.deleteUser(subject)).rejects.toThrow('resources.user.watching.forget failed');

  expect(await app.service.subjectToUser(subject)).toMatchObject({ name: 'Ada' });
  expect(await app.service.listSignIns(subject)).toHaveLength(1);
  await app.close();
});
