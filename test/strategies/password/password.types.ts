import { defineResource } from '../../../lib/resources/index.js';
import { password } from '../../../lib/strategies/password/index.js';
import type { Sender } from '../../../lib/senders/index.js';

interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

declare const sender: Sender;
const of = { subjectName: 'user', table: 'users' } as const;

// The user of the resource is the user of the strategy, unasked.
defineResource<User>({
  ...of,
  strategies: [
    password({
      identityField: 'email',
      accept: ['name'],
      resettable: { sender, page: '/reset', addressField: 'email' },
    }),
  ],
});

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a user has no such field
    password({ identityField: 'nope' }),
    // @ts-expect-error a user has no such field
    password({ identityField: 'email', accept: ['nope'] }),
    // @ts-expect-error a user has no such field
    password({ identityField: 'email', resettable: { sender, page: '/reset', addressField: 'nope' } }),
    // @ts-expect-error a strategy for somebody else
    password<{ readonly login: string }>({ identityField: 'login' }),
  ],
});
