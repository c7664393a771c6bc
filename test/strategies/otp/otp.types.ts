import { defineOtpApp, defineResource, JsonAuthPlug, type ActivityOf, type Sender } from 'nest-auth-plug';
import { otp } from 'nest-auth-plug/strategies/otp';

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
defineResource<User>({
  ...of,
  strategies: [otp({ sender }), otp({ sender, identityField: 'email', characters: 'digits' })],
});
defineResource<Caller>({ ...of, strategies: [otp({ sender, identityField: 'phone' })] });

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a user has no such field
    otp({ sender, identityField: 'nope' }),
    // @ts-expect-error there is no such set
    otp({ sender, characters: 'hex' }),
  ],
});

// @ts-expect-error a caller has no `email`: it has to be said where codes go
defineResource<Caller>({ ...of, strategies: [otp({ sender })] });

class Plug extends JsonAuthPlug<User> {}
const app = defineOtpApp({
  name: 'app',
  plug: Plug,
  resources: [
    defineResource<User>()({ ...of, strategies: [otp({ sender }), otp({ sender, name: 'own', page: '/code' })] }),
  ],
});
type Done = ActivityOf<typeof app>;
export const possible: readonly Done[] = [
  ['otp', 'request'],
  ['otp', 'page'],
  ['otp', 'sign-in'],
  ['own', 'sign-in'],
  // @ts-expect-error the app has a page of its own for this one
  ['own', 'page'],
];
