import { trustedDevice } from 'nest-auth-plug/add-ons/trusted-device';
import { field } from 'nest-auth-plug/pages';
import type { SampleRoom } from './room.js';

export const trustedDeviceRoom: SampleRoom = {
  addOn: () => trustedDevice(),
  secondStepFields: () =>
    field({ name: 'trustDevice', label: 'Do not ask on this device for 30 days', type: 'checkbox', required: false }),
};
