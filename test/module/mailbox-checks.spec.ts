import { describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid, type AddOn, type ResourceOptions } from 'nest-auth-plug';
import { authTestApp, Outbox } from 'nest-auth-plug/testing';
import { confirming } from '../rooms/confirming.js';
import { link } from '../rooms/link.js';
import { userResource, type User } from '../users.js';

const proving = link<User>(new Outbox(), undefined, { provesMailbox: true, registers: true });

/** What the boot finds wrong with users who have a password and these rooms besides; nothing where it starts. */
async function problemsOf(
  options: Partial<ResourceOptions<User>>,
  ...byPassword: Parameters<typeof userResource>[1][]
): Promise<readonly string[]> {
  try {
    const app = await authTestApp({ resources: [userResource(options, ...byPassword).resource] });
    await app.close();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationInvalid)) throw error;
    return error.problems.map(({ where, wrong, cure }) => `${where}: ${wrong} → ${cure}`);
  }
}

const confirmingTo = (confirms: AddOn<User>['confirms'], name = 'confirming') => ({
  ...confirming<User>(),
  name,
  confirms,
});

describe('a boot', () => {
  it('[PRJ 8] refuses a room that registers any address beside one that lets in the owner of its mailbox', async () => {
    expect(await problemsOf({ strategies: [proving] })).toEqual([
      'resources.user.password: registers any "email", and "link" lets the owner of its mailbox into the same account → ' +
        `put confirmation({ monitorFields: ['email'], … }) into addOns, or let "password" register nobody`,
    ]);
  });

  it.each<[string, ...Parameters<typeof problemsOf>]>([
    ['an add-on tells whose mailbox was shown before', { strategies: [proving], addOns: [confirming()] }],
    ['the other room registers nobody', { strategies: [proving] }, { registration: 'closed' }],
    ['no room shows a mailbox', { strategies: [link<User>(new Outbox())] }],
  ])('starts where %s', async (_, ...options) => {
    expect(await problemsOf(...options)).toEqual([]);
  });

  it.each<[string, readonly AddOn<User>[], RegExp]>([
    [
      'no field',
      [confirmingTo({ phone: 'emailConfirmedAt' })],
      /"phone" is no public field of the user → write one of: /,
    ],
    ['a time that is none', [confirmingTo({ email: 'name' })], /"name" is no public time that may be null/],
    ['a time that is not there', [confirmingTo({ email: 'at' })], /"at" is no public time that may be null/],
  ])('refuses an add-on that confirms %s', async (_, addOns, wrong) => {
    expect(await problemsOf({ addOns })).toEqual([expect.stringMatching(wrong)]);
  });

  it('refuses two add-ons that confirm one field', async () => {
    const addOns = [confirming<User>(), confirmingTo({ email: 'emailConfirmedAt' }, 'again')];

    expect(await problemsOf({ addOns })).toEqual([
      expect.stringMatching(/confirming: two add-ons confirm "email"/),
      expect.stringMatching(/again: two add-ons confirm "email"/),
    ]);
  });
});
