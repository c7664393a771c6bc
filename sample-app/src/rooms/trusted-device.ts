import { trustedDevice } from 'nest-auth-plug/add-ons/trusted-device';
import { field, form, hidden } from 'nest-auth-plug/pages';
import type { SampleRoom } from './room.js';

export const trustedDeviceRoom: SampleRoom = {
  addOn: () => trustedDevice(),
  secondStepFields: () =>
    field({ name: 'trustDevice', label: 'Do not ask on this device for 30 days', type: 'checkbox', required: false }),
  forms: { 'trusted-device revoke': { page: '/devices', next: '/devices?notice=trust-ended' } },
  belowDevices: () =>
    form({
      action: '/auth/user/trusted-device/revoke',
      body: hidden('listId', 'all'),
      submit: 'Ask for my second factor on every device',
    }),
  said: { notices: { 'trust-ended': 'Every device asks for your second factor again.' } },
};
