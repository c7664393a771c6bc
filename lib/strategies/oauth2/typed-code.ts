import type { IdentityFieldOption, Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import type { ProviderFailed } from './oauth2.errors.js';

/** The phases that these options make. */
export type CodePhase<M, K> =
  | 'request'
  | 'callback'
  | 'link'
  | 'step-up'
  | 'list'
  | 'unlink'
  | (M extends 'confirm' ? 'link-page' | 'confirm-link' : never)
  | (K extends true ? 'provider-token' : never);

/** The strategy, with the activities that these options make. */
export type TypedCode<U, N extends string, M, K> = Strategy<U> &
  Performs<RoomActivity<N, CodePhase<M, K>>, ProviderFailed>;

/** The settings `S` as such a strategy takes them, so that its type knows the name and what makes more phases. */
export type TypedCodeOptions<U, S, N, M, K> = Omit<S, 'name' | 'onEmailMatch' | 'keepTokens'> &
  IdentityFieldOption<U> & {
    readonly name?: N | undefined;
    readonly onEmailMatch?: M | undefined;
    readonly keepTokens?: K | undefined;
  };
