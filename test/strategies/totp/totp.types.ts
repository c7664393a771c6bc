import { defineOtpApp, defineResource, JsonAuthPlug, type ActivityOf, type Sender } from 'nest-auth-plug';
import { totp } from 'nest-auth-plug/strategies/totp';

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
const issuer = 'Acme';

// The user of the resource is the user of the strategy, unasked, and its identity is its `email`.
defineResource<User>({
  ...of,
  strategies: [totp({ issuer }), totp({ issuer, identityField: 'email', notices: { sender } })],
});
defineResource<Caller>({
  ...of,
  strategies: [totp({ issuer, identityField: 'phone', notices: { sender, addressField: 'phone' } })],
});

defineResource<User>({
  ...of,
  strategies: [
    // @ts-expect-error a user has no such field
    totp({ issuer, identityField: 'nope' }),
    // @ts-expect-error nor one to send to
    totp({ issuer, notices: { sender, addressField: 'nope' } }),
    // @ts-expect-error authenticator apps show whose codes they are
    totp({}),
  ],
});

// @ts-expect-error a caller has no `email`: it has to be said what the app shows
defineResource<Caller>({ ...of, strategies: [totp({ issuer })] });

class Plug extends JsonAuthPlug<User> {}
const app = defineOtpApp({
  name: 'app',
  plug: Plug,
  resources: [
    defineResource<User>()({
      ...of,
      strategies: [totp({ issuer }), totp({ issuer, name: 'own', signInByCodeAlone: true })],
    }),
  ],
});
type Done = ActivityOf<typeof app>;
export const possible: readonly Done[] = [
  ['totp', 'page'],
  ['totp', 'confirm-setup'],
  ['totp', 'disable'],
  ['own', 'sign-in-alone'],
  // @ts-expect-error nobody asked for that
  ['totp', 'sign-in-alone'],
];
