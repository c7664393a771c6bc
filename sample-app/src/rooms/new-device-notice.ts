import { newDeviceNotice } from 'nest-auth-plug/add-ons/new-device-notice';
import { Outbox } from '../dev/outbox.js';
import type { SampleRoom } from './room.js';

export const newDeviceNoticeRoom: SampleRoom = {
  addOn: () => newDeviceNotice({ sender: Outbox }),
};
