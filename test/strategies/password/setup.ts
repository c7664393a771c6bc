import { password, type PasswordOptions } from '../../../lib/strategies/password/index.js';
import { defineResource, type ResourceOptions } from '../../../lib/resources/index.js';
import type { ResourceFacts, Strategy } from '../../../lib/strategy/index.js';
import type { FakeHashProvider } from './fake-hash-provider.js';
import type { User } from './fake-world.js';

export const ADA = 'ada@example.com';
export const RIGHT = 'correct horse battery';
export const WRONG = 'correct horse batters';

export type Options = Partial<PasswordOptions<User>>;

export function passwordWith(hashProvider: FakeHashProvider, options: Options = {}): Strategy<User> {
  return password<User>({ identityField: 'email', hashProvider, ...options });
}

/** One that mails a link to /reset. */
export function resettableWith(hashProvider: FakeHashProvider): Strategy<User> {
  return passwordWith(hashProvider, { resettable: { sender: { send: async () => undefined }, page: '/reset' } });
}

/** What a strategy is asked about at boot, where it is the only one. */
export function factsOf(strategy: Strategy<User>, more: Partial<ResourceOptions<User>> = {}): ResourceFacts {
  const options = { subjectName: 'user', table: 'users', strategies: [strategy], ...more };
  const { subjectName, fieldKinds: fields, confirmed, model, isStateless } = defineResource<User>(options);
  return { subjectName, fields, confirmed, model, isStateless };
}

/** A new password with its confirmation. */
export function typed(value: string): { readonly password: string; readonly passwordConfirmation: string } {
  return { password: value, passwordConfirmation: value };
}
