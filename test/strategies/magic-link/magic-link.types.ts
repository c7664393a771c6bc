import { defineOtpApp, defineResource, JsonAuthPlug, type ActivityOf, type Sender } from 'nest-auth-plug';
import { magicLink } from 'nest-auth-plug/strategies/magic-link';

interface User {
  readonly id: string;
  readonly email: string;
}

interface Caller {
  readonly id: string;
  readonly phone: string;
}

declare const sender: Sender;
const of = { subjectName: 'user', table: 'users' } as const;

// The user of the resource is the user of the strategy, unasked, and its address is its `email`.
defineResource<User>({ ...of, strategies: [magicLink({ sender }), magicLink({ sender, identityField: 'email' })] });
defineResource<Caller>({ ...of, strategies: [magicLink({ sender, identityField: 'phone' })] });

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a user has no such field
    magicLink({ sender, identityField: 'nope' }),
    // @ts-expect-error a strategy for somebody else
    magicLink<Caller>({ sender, identityField: 'phone' }),
  ],
});

// @ts-expect-error a caller has no `email`: it has to be said where links go
defineResource<Caller>({ ...of, strategies: [magicLink({ sender })] });

class Plug extends JsonAuthPlug<User> {}
const app = defineOtpApp({
  name: 'app',
  plug: Plug,
  resources: [
    defineResource<User>()({
      ...of,
      strategies: [magicLink({ sender }), magicLink({ sender, name: 'own', page: '/in' })],
    }),
  ],
});
type Done = ActivityOf<typeof app>;
export const possible: readonly Done[] = [
  ['magic-link', 'request'],
  ['magic-link', 'page'],
  ['magic-link', 'sign-in'],
  ['own', 'sign-in'],
  // @ts-expect-error the app has a page of its own for this one
  ['own', 'page'],
];
