import { describe, expect, it } from '@jest/globals';
import { trustedDevice } from 'nest-auth-plug/add-ons/trusted-device';

describe('the options of trusted-device', () => {
  it.each([0, -1, 1.5, 30 * 24 * 3600 + 1, Number.NaN])('refuse a lifetime of %d seconds at the call', (seconds) => {
    expect(() => trustedDevice({ lifetimeSeconds: seconds })).toThrow(RangeError);
  });

  it('take a second and 30 days', () => {
    expect(() => [1, 30 * 24 * 3600].map((lifetimeSeconds) => trustedDevice({ lifetimeSeconds }))).not.toThrow();
  });
});
