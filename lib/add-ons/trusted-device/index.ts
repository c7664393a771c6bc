import type { AddOn, Performs, RoomActivity } from '../../strategy/index.js';
import { addOnOf } from './trusted-device.add-on.js';
import type { NAME } from './trusted-device.cookie.js';
import { resolveTrustedDeviceOptions, type TrustedDeviceOptions } from './trusted-device.options.js';

export type { TrustedDeviceOptions } from './trusted-device.options.js';

/**
 * Asks whoever shows a second factor, and wishes it (`trustDevice`), for none in that browser for some time: by a cookie that changes as
 * it is used, and ends when a copy of it is used. The first step is asked for as ever.
 *
 * @throws {RangeError} when a value is out of range.
 */
export function trustedDevice<U extends object>(
  options: TrustedDeviceOptions = {},
): AddOn<U> & Performs<RoomActivity<typeof NAME, 'list' | 'revoke'>> {
  return addOnOf(resolveTrustedDeviceOptions(options));
}
