import { describe, expect, it } from '@jest/globals';
import { rememberMe, type RememberMeOptions } from 'nest-auth-plug/add-ons/remember-me';
import { authTestApp, Outbox } from 'nest-auth-plug/testing';
import { userResource, type User } from '../../users.js';

const DAY = 24 * 3600;

describe('remembering browsers', () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 30 * DAY + 1])(
    '[ASVS 7.3.2] for %s seconds is refused at the call',
    (lifetimeSeconds) => {
      expect(() => rememberMe({ lifetimeSeconds })).toThrow(RangeError);
    },
  );

  it.each([1, 30 * DAY])('for %s seconds is fine', (lifetimeSeconds) => {
    expect(() => rememberMe({ lifetimeSeconds })).not.toThrow();
  });

  const boot = (options: RememberMeOptions<User>, signIns: 'stored' | 'stateless-until-they-expire' = 'stored') =>
    authTestApp({ resources: [userResource({ addOns: [rememberMe(options)], signIns }).resource] });

  it('does not boot beside sign-ins that nothing ends', async () => {
    await expect(boot({}, 'stateless-until-they-expire')).rejects.toThrow(
      /resources\.user\.remember-me[\s\S]*signing out does not reach it[\s\S]*signIns: 'stored'/,
    );
  });

  it('does not boot where its message would go to a field that is none', async () => {
    await expect(boot({ sender: new Outbox(), addressField: 'orgId' })).rejects.toThrow(
      /resources\.user\.remember-me\.addressField[\s\S]*"orgId" is no public field of the user/,
    );
    await (await boot({ addressField: 'orgId' })).close(); // there is no message
  });
});
