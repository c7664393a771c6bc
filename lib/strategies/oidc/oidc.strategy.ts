import type { DataLayer } from '../../resources/index.js';
import type { Outcome, Performs, Phase, RoomActivity, Strategy, StrategyContext } from '../../strategy/index.js';
import { authorizationCode, type CodePhase, type FieldKinds, type ProviderFailed } from '../oauth2/index.js';
import { OidcActions } from './oidc.actions.js';
import type { Quirks, ResolvedOidcOptions } from './oidc.options.js';
import { backChannelLogoutPhase, logOutPhase } from './oidc.phases.js';
import { OidcProvider } from './oidc.provider.js';
import { dropProviderSessions, providerSessionsModel } from './provider-sessions.js';

/** The phases that these options make: `onEmailMatch` and `keepTokens` make more. */
export type OidcPhase<M, K> = CodePhase<M, K> | 'log-out' | 'back-channel-logout';

/** The strategy, with the activities that it has. */
export type OidcStrategy<U, N extends string = string, M = 'confirm', K = true> = Strategy<U> &
  Performs<RoomActivity<N, OidcPhase<M, K>>, ProviderFailed>;

/** A strategy, and what it is made of. */
export interface OidcRoom<U> {
  readonly strategy: Strategy<U>;
  readonly provider: OidcProvider<U>;
  readonly actions: OidcActions<U>;
}

/** OAuth 2.0 by authorization code, with an ID token, and with an end that both sides hear of. */
export function strategyOf<U>(options: ResolvedOidcOptions, quirks: Quirks): Strategy<U> {
  return oidcRoom<U>(options, quirks).strategy;
}

/** @param kinds as for `authorizationCode` */
export function oidcRoom<U>(options: ResolvedOidcOptions, quirks: Quirks, kinds?: FieldKinds<U>): OidcRoom<U> {
  const provider = new OidcProvider<U>(options, quirks);
  const actions = new OidcActions<U>(options, provider, quirks);
  const room = authorizationCode<U>(options, provider, kinds);
  const phases = room.phases.map((phase) =>
    phase.name === 'callback' ? remembering(phase, provider, actions) : phase,
  );
  const strategy: Strategy<U> = {
    ...room,
    phases: [...phases, logOutPhase(actions), backChannelLogoutPhase(actions)],
    models: [...(room.models ?? []), providerSessionsModel],
    async forget(subject, tx) {
      await room.forget?.(subject, tx);
      await dropProviderSessions(subject, tx);
    },
  };
  return { strategy, provider, actions };
}

/** The same phase; whoever it proves is remembered with the session at the provider, in the transaction of the sign-in. */
function remembering<U>(phase: Phase<U>, provider: OidcProvider<U>, actions: OidcActions<U>): Phase<U> {
  return {
    ...phase,
    async run(ctx, input) {
      const outcome = await phase.run(ctx, input);
      const sid = provider.sessionOf(ctx);
      return sid === null ? outcome : withSession(ctx, outcome, sid, actions);
    },
  };
}

function withSession<U>(
  ctx: StrategyContext<U>,
  outcome: Outcome<U>,
  sid: string,
  actions: OidcActions<U>,
): Outcome<U> {
  if (outcome.kind !== 'proved') return outcome;
  const { proof } = outcome;
  const effect = async (tx: DataLayer) => {
    await proof.effect?.(tx);
    await actions.keep(ctx, sid, ctx.accounts.subjectOf(proof.user), tx);
  };
  ctx.afterAnswer(() => actions.dropOld(ctx));
  return { ...outcome, proof: { ...proof, effect, origin: actions.originOf(ctx, sid) } };
}
