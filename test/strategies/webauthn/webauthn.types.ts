import { defineOtpApp, defineResource, JsonAuthPlug, type ActivityOf, type SenderRef } from 'nest-auth-plug';
import { webauthn, type PasskeyPurpose } from 'nest-auth-plug/strategies/webauthn';

interface User {
  readonly id: string;
  readonly email: string;
}

interface Caller {
  readonly id: string;
  readonly phone: string;
}

declare const sender: SenderRef<PasskeyPurpose>;
declare const resetSender: SenderRef<'reset-password'>;
const of = { subjectName: 'user', table: 'users' } as const;

// The user of the resource is the user of the strategy, unasked, and its name is its `email`.
defineResource<User>({ ...of, strategies: [webauthn({}), webauthn({ sender, addressField: 'email' })] });
defineResource<Caller>({ ...of, strategies: [webauthn({ identityField: 'phone' })] });

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a user has no such field
    webauthn({ identityField: 'nope' }),
    // @ts-expect-error a strategy for somebody else
    webauthn<Caller>({ identityField: 'phone' }),
  ],
});

// @ts-expect-error a caller has no `email`: it has to be said what is shown beside the passkey
defineResource<Caller>({ ...of, strategies: [webauthn({})] });
// @ts-expect-error it sends other messages
webauthn<User>({ sender: resetSender });

class Plug extends JsonAuthPlug<User> {}
const app = defineOtpApp({
  name: 'app',
  plug: Plug,
  resources: [
    defineResource<User>()({
      ...of,
      strategies: [webauthn({ uses: ['sign-in'] }), webauthn({ name: 'own', registration: 'open' })],
    }),
  ],
});
type Done = ActivityOf<typeof app>;
export const possible: readonly Done[] = [
  ['webauthn', 'sign-in-options'],
  ['webauthn', 'sign-in'],
  ['webauthn', 'remove'],
  ['own', 'second-factor'],
  ['own', 'sign-up'],
  // @ts-expect-error it is no second factor there
  ['webauthn', 'second-factor'],
  // @ts-expect-error it makes no accounts there
  ['webauthn', 'sign-up'],
];
