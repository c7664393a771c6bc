import { describe, expect, it } from '@jest/globals';
import type { SignIn, Subject } from 'nest-auth-plug';
import { hasFreshSecondFactor, hasSecondFactor, isFresh } from '../../lib/sessions/index.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const CENTURY = 100 * 365 * 24 * 3600;
const KEY = { strategy: 'api-key', id: '1', scopes: new Set<string>() };

/** Both factors, shown just now. */
const SHOWN: SignIn = {
  id: '1',
  subject: 'user?id=1' as Subject,
  user: {},
  tenant: null,
  methods: ['pwd', 'otp', 'mfa'],
  authenticatedAt: NOW,
  secondFactorAt: NOW,
  expiresAt: NOW,
  remembered: false,
  actor: null,
  token: null,
  claims: {},
  issued: {},
  credential: null,
};

describe('how fresh a sign-in is', () => {
  const factsOf = (signIn: SignIn, withinSeconds = CENTURY) => ({
    fresh: isFresh(signIn, withinSeconds, NOW),
    factor: hasSecondFactor(signIn),
    freshFactor: hasFreshSecondFactor(signIn, withinSeconds, NOW),
  });

  it('goes by what was shown in it', () => {
    expect(factsOf(SHOWN)).toEqual({ fresh: true, factor: true, freshFactor: true });
    expect(factsOf({ ...SHOWN, secondFactorAt: null })).toEqual({ fresh: true, factor: false, freshFactor: false });
  });

  it('is over when the time is', () => {
    const before = new Date(NOW.getTime() - 60_000);
    const shown = { ...SHOWN, authenticatedAt: before, secondFactorAt: before };

    expect(factsOf(shown, 61)).toEqual({ fresh: true, factor: true, freshFactor: true });
    expect(factsOf(shown, 60)).toEqual({ fresh: false, factor: true, freshFactor: false });
  });

  it('[ASVS 10.3.2] is never at all what came in a header, whatever its facts say and however long ago is asked for', () => {
    expect(factsOf({ ...SHOWN, credential: KEY })).toEqual({ fresh: false, factor: false, freshFactor: false });
  });

  it('is not what a browser is merely known by', () => {
    expect(factsOf({ ...SHOWN, remembered: true }).fresh).toBe(false);
  });

  it('is of no factor that merely counts as one', () => {
    expect(factsOf({ ...SHOWN, methods: ['pwd', 'trusted-device'] })).toEqual({
      fresh: true,
      factor: true,
      freshFactor: false,
    });
  });
});
