import { confirmation } from 'nest-auth-plug/add-ons/confirmation';
import { html } from 'nest-auth-plug/pages';
import { Outbox } from '../../dev/outbox.js';
import type { SampleRoom } from '../room.js';
import { AddressController } from './address.controller.js';
import { ChangeAddressController } from './change-address.controller.js';
import { SAID } from './said.js';

declare module '../../auth/user.js' {
  interface User {
    /** Null until the address is confirmed. */
    readonly emailConfirmedAt: Date | null;
  }
}

export const confirmationRoom: SampleRoom = {
  addOn: () => confirmation({ monitorFields: ['email'], sender: Outbox }),
  confirmsAddresses: true,
  forms: {
    'confirmation page': { page: '/confirm-address', next: '/' },
    'confirmation confirm': { page: '/confirm-address', next: '/address-confirmed' },
    'confirmation resend': { page: '/confirm-address', next: '/confirm-address?notice=address-mailed' },
    'confirmation change': { page: '/change-address', next: '/?notice=address-asked' },
  },
  controllers: [AddressController, ChangeAddressController],
  signInLinks: [{ href: '/confirm-address', text: 'No mail to confirm your address?' }],
  homeLinks: [{ href: '/change-address', text: 'Change your address' }],
  home: ({ emailConfirmedAt }) =>
    html`${emailConfirmedAt === null && html`<p>Your address is not confirmed yet: open the link in the mail.</p>`}`,
  said: SAID,
};
