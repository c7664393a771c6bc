import type { Type } from '@nestjs/common';
import { defineOtpApp, defineResource, type ActivityOf, type AuthPlug, type Sender } from 'nest-auth-plug';
import { confirmation, confirmed } from 'nest-auth-plug/add-ons/confirmation';
import { password } from 'nest-auth-plug/strategies/password';

interface Person {
  readonly id: string;
  readonly email: string;
  readonly emailConfirmedAt: Date | null;
  readonly login: string;
}

declare const sender: Sender;
declare const plug: Type<AuthPlug<Person>>;
const of = { subjectName: 'user', table: 'users', strategies: [password<Person>({ identityField: 'email' })] } as const;

// The user of the resource is the user of the add-on, unasked.
defineResource<Person>({
  ...of,
  addOns: [confirmation({ monitorFields: ['email'], sender })],
  maySignIn: confirmed('email'),
});

defineResource<Person>({
  ...of,
  addOns: [
    // @ts-expect-error a user has no such field
    confirmation({ monitorFields: ['nope'], sender }),
    // @ts-expect-error nothing says when it was confirmed
    confirmation({ monitorFields: ['login'], sender }),
    // @ts-expect-error no field
    confirmation({ monitorFields: [], sender }),
  ],
  // @ts-expect-error nothing says when it was confirmed
  maySignIn: confirmed('login'),
});

const people = defineResource<Person>()({
  ...of,
  addOns: [confirmation({ monitorFields: ['email'], sender, name: 'addresses' })],
});
const app = defineOtpApp({ name: 'my-app', plug, resources: [people] });

export const itsActivities: readonly ActivityOf<typeof app>[] = [
  ['addresses', 'page'],
  ['addresses', 'confirm'],
  ['addresses', 'resend'],
  ['addresses', 'change'],
  // @ts-expect-error it is called otherwise
  ['confirmation', 'confirm'],
];
