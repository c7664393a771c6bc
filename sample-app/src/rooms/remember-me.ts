import { rememberMe } from 'nest-auth-plug/add-ons/remember-me';
import { field } from 'nest-auth-plug/pages';
import { Outbox } from '../dev/outbox.js';
import type { SampleRoom } from './room.js';

export const rememberMeRoom: SampleRoom = {
  addOn: () => rememberMe({ sender: Outbox }),
  signInFields: () =>
    field({ name: 'rememberMe', label: 'Keep me signed in on this device', type: 'checkbox', required: false }),
};
