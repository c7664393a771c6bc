import type { OfferedPhase } from 'nest-auth-plug';
import { field, form, hidden, type FieldOptions } from 'nest-auth-plug/pages';
import type { StrategyForm } from '../rooms/room.js';

/** A form with one input, for the phase `verify` of a strategy. It leads back to where somebody was going. */
export function verifyForm(strategy: string, input: FieldOptions): StrategyForm {
  return {
    strategy,
    form({ returnTo }, more) {
      const back = typeof returnTo === 'string' ? [hidden('returnTo', returnTo)] : [];
      return form({ action: `/auth/user/${strategy}/verify`, body: [field(input), ...more, ...back], submit: 'Go on' });
    },
  };
}

/** Where somebody shows more, or something once more, and comes back from. Who has nothing to show signs in again. */
export function verifyPath(activities: readonly OfferedPhase[], returnTo: string): string {
  const by = activities.map(({ strategy }) => strategy).join(' ');
  const query = by === '' ? { returnTo, problem: 'ERR_FRESH_SIGN_IN_REQUIRED' } : { returnTo, by };
  return `${by === '' ? '/sign-in' : '/verify'}?${new URLSearchParams(query).toString()}`;
}
