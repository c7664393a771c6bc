import { defineOtpApp, defineResource, JsonAuthPlug, type ActivityOf, type Sender } from 'nest-auth-plug';
import { recoveryCode } from 'nest-auth-plug/strategies/recovery-code';

interface User {
  readonly id: string;
  readonly email: string;
}

declare const sender: Sender;
const of = { subjectName: 'user', table: 'users' } as const;

// The user of the resource is the user of the strategy, unasked.
defineResource<User>({
  ...of,
  strategies: [recoveryCode(), recoveryCode({ notices: { sender, addressField: 'email' } })],
});

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a user has no such field
    recoveryCode({ notices: { sender, addressField: 'nope' } }),
  ],
});

class Plug extends JsonAuthPlug<User> {}
const app = defineOtpApp({
  name: 'app',
  plug: Plug,
  resources: [defineResource<User>()({ ...of, strategies: [recoveryCode(), recoveryCode({ name: 'paper' })] })],
});
type Done = ActivityOf<typeof app>;
export const possible: readonly Done[] = [
  ['recovery-code', 'generate'],
  ['paper', 'sign-in'],
  // @ts-expect-error there is no such phase
  ['recovery-code', 'disable'],
];
