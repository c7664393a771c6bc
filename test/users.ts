import { defineResource, type Resource, type ResourceOptions } from 'nest-auth-plug';
import { password, type PasswordOptions } from 'nest-auth-plug/strategies/password';
import { Outbox } from 'nest-auth-plug/testing';

/** The user of most tests. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Where the users of a test have tenants. */
  readonly orgId?: string;
  /** Where an add-on of a test confirms addresses. */
  readonly emailConfirmedAt?: Date | null;
}

export const PASSWORD = 'plum tree on the hill';

export interface TestResource {
  readonly resource: Resource<User>;
  readonly outbox: Outbox;
}

/** One resource `user` that signs in by e-mail and password. */
export function userResource(
  options: Partial<ResourceOptions<User>> = {},
  passwordOptions: Partial<PasswordOptions<User>> = {},
): TestResource {
  const outbox = new Outbox();
  const resource = defineResource<User>({
    subjectName: 'user',
    table: 'users',
    fields: { name: 'text' },
    ...options,
    strategies: [
      password({
        identityField: 'email',
        accept: ['name'],
        resettable: { sender: outbox, page: '/reset' },
        ...passwordOptions,
      }),
      ...(options.strategies ?? []),
    ],
  });
  return { resource, outbox };
}
