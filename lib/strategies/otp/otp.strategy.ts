import { mailedRoom, type Strategy } from '../../strategy/index.js';
import { OtpActions } from './otp.actions.js';
import { findProblems } from './otp.check.js';
import type { ResolvedOtpOptions } from './otp.options.js';
import { codeRequestPhase, pagePhase, signInPhase } from './otp.phases.js';

/** Sign in by a code that goes to the address on record. */
export function strategyOf<U>(options: ResolvedOtpOptions): Strategy<U> {
  const actions = new OtpActions<U>(options);
  const ownPage = options.page === undefined ? [pagePhase(actions)] : [];
  return {
    ...mailedRoom<U>('otp', options),
    phases: [codeRequestPhase(actions), ...ownPage, signInPhase(actions)],
    check: (resource) => findProblems(options, resource),
  };
}
