import { defineResource } from 'nest-auth-plug';
import { newDeviceNotice } from 'nest-auth-plug/add-ons/new-device-notice';
import { password } from 'nest-auth-plug/strategies/password';
import { Outbox } from '../dev/outbox.js';

/** What a guard loads, and `@CurrentUser()` hands to a route. The hash of the password is not among it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
}

/** Who can sign in, and how. */
export const users = defineResource<User>({
  subjectName: 'user',
  table: 'users',
  fields: { name: { kind: 'text', nullable: true } },
  strategies: [
    password({
      identityField: 'email',
      accept: ['name'],
      resettable: { sender: Outbox, page: '/reset' },
    }),
  ],
  addOns: [newDeviceNotice({ sender: Outbox })],
});
