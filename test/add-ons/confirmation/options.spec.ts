import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defineResource, ConfigurationInvalid, type ResourceOptions } from 'nest-auth-plug';
import { confirmation, confirmed, type ConfirmationOptions } from 'nest-auth-plug/add-ons/confirmation';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox } from 'nest-auth-plug/testing';
import { resolveConfirmationOptions } from '../../../lib/add-ons/confirmation/confirmation.options.js';

interface Person {
  readonly id: string;
  readonly email: string;
  readonly emailConfirmedAt: Date | null;
  readonly login: string;
  readonly loginConfirmedAt: Date | null;
}

const sender = new Outbox();
const DAY = 86_400;

describe('the options of confirmation', () => {
  const resolved = resolveConfirmationOptions<Person>({ monitorFields: ['email'], sender });

  it('have these defaults', () => {
    expect(resolved).toEqual({
      monitorFields: ['email'],
      sender,
      name: 'confirmation',
      tokenLifetimeSeconds: DAY,
      routes: {},
    });
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/add-ons/confirmation.md', 'utf8');

    for (const name of Object.keys(resolved)) expect(page).toMatch(`\n| \`${name}\``);
    expect(page).toMatch(/\| `tokenLifetimeSeconds` +\| `86400` /);
  });

  it.each<Partial<ConfirmationOptions<Person>>>([
    { monitorFields: [] as never },
    { monitorFields: ['email', 'email'] },
    { tokenLifetimeSeconds: 0 },
    { tokenLifetimeSeconds: 3 * DAY + 1 },
    { tokenLifetimeSeconds: 1.5 },
    { tokenLifetimeSeconds: Number.NaN },
  ])('[ASVS 6.5.5] refuse %j at the call', (options) => {
    expect(() => confirmation<Person>({ monitorFields: ['email'], sender, ...options, name: undefined })).toThrow(
      RangeError,
    );
  });
});

describe('whoever has a confirmed address', () => {
  const isConfirmed = confirmed('email');

  it('may sign in, and nobody else may; nor somebody of whom nothing is known', () => {
    expect(isConfirmed({ emailConfirmedAt: new Date(0) })).toBe(true);
    expect(isConfirmed({ emailConfirmedAt: null })).toBe(false);
    expect(isConfirmed({} as { readonly emailConfirmedAt: null })).toBe(false); // what `toUser` left out
  });
});

describe('at boot, confirmation', () => {
  const problemsOf = async (options: ConfirmationOptions<Person>, more: Partial<ResourceOptions<Person>> = {}) => {
    const resource = defineResource<Person>({
      subjectName: 'user',
      table: 'users',
      strategies: [password({ identityField: 'email' })],
      ...more,
      addOns: [confirmation({ ...options, name: undefined })],
    });
    const booting = authTestApp({ resources: [resource] }).then((app) => app.close());
    const error: unknown = await booting.catch((thrown: unknown) => thrown);
    return error instanceof ConfigurationInvalid ? error.problems.map(({ where, wrong }) => `${where}: ${wrong}`) : [];
  };

  it('finds nothing wrong with an address', async () => {
    expect(await problemsOf({ monitorFields: ['email'], sender })).toEqual([]);
  });

  it('names a field to which no message can be sent, and one that is none', async () => {
    const fields = { login: 'username' } as const;

    expect(await problemsOf({ monitorFields: ['login'], sender }, { fields })).toEqual([
      'resources.user.confirmation.monitorFields: "login" is a username: no message can be sent there',
    ]);
    expect(await problemsOf({ monitorFields: ['login'], sender })).toEqual([
      'resources.user.confirmation: "login" is no public field of the user',
    ]);
  });

  it('names a time that the app declared as something else', async () => {
    const fields = { emailConfirmedAt: 'boolean' } as const;

    expect(await problemsOf({ monitorFields: ['email'], sender }, { fields })).toEqual([
      'resources.user.confirmation: "emailConfirmedAt" is no public time that may be null',
    ]);
  });
});
