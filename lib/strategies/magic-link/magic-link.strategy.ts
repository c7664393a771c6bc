import { mailedRoom, type Strategy } from '../../strategy/index.js';
import { MagicLinkActions } from './magic-link.actions.js';
import { findProblems } from './magic-link.check.js';
import type { ResolvedMagicLinkOptions } from './magic-link.options.js';
import { linkRequestPhase, pagePhase, signInPhase } from './magic-link.phases.js';

/** Sign in by a link that goes to the address on record. */
export function strategyOf<U>(options: ResolvedMagicLinkOptions): Strategy<U> {
  const actions = new MagicLinkActions<U>(options);
  const ownPage = options.page === undefined ? [pagePhase(actions)] : [];
  return {
    ...mailedRoom<U>('magic-link', options),
    phases: [linkRequestPhase(actions), ...ownPage, signInPhase(actions)],
    check: (resource) => findProblems(options, resource),
  };
}
