import {
  AuthenticationFailed,
  AuthReply,
  definePhase,
  optionalText,
  type Field,
  type Outcome,
  type Phase,
  type Strategy,
  type StrategyContext,
} from 'nest-auth-plug';
import { Faults } from './faults.js';

type CallbackFields = { readonly state: Field<string | undefined>; readonly code: Field<string | undefined> };

/** A strategy that sends the browser to another site, which sends it back: by GET, or by POST (`form_post`). */
export function providerCallback<U extends object>(faults = new Faults()): Strategy<U> {
  return { name: 'provider', phases: [requestPhase(faults), callbackPhase(faults, ['GET', 'POST'], 'callback')] };
}

/** As its callback, but for the one thing that it must not forget. */
export function forgetfulCallback<U extends object>(): Strategy<U> {
  const phase = callbackPhase<U>(new Faults(), ['GET'], 'callback');
  const forgetting: Phase<U> = {
    ...phase,
    async run(ctx, input) {
      const outcome = await phase.run(ctx, input);
      if (outcome.kind !== 'proved') return outcome;
      return { kind: 'proved', proof: { ...outcome.proof, effect: undefined } };
    },
  };
  return { name: 'forgetful', phases: [requestPhase(new Faults()), forgetting] };
}

/** A strategy that takes a followed link for a wish to sign in. */
export function eagerLink<U extends object>(): Strategy<U> {
  const phase = definePhase<U, CallbackFields>({
    name: 'follow',
    methods: ['GET'],
    fields: { state: optionalText(), code: optionalText() },
    actor: 'anyone',
    async run(ctx, { code }) {
      const account = await ctx.accounts.findByIdentity('email', code ?? '');
      if (account === null) throw new AuthenticationFailed('unknown_user');
      const { user, subjectEpoch } = account;
      return { kind: 'proved', proof: { user, subjectEpoch, methods: ['ext'], factors: 1 } };
    },
  });
  return { name: 'eager', phases: [phase] };
}

function requestPhase<U extends object>(faults: Faults): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'request',
    path: '',
    methods: ['GET'],
    fields: {},
    actor: 'anyone',
    async run(ctx) {
      faults.at('provider.request');
      const { id } = await ctx.flows.start('redirect', {}, { lifetimeSeconds: 600, boundTo: 'browser' });
      return { kind: 'reply', reply: AuthReply.redirect(`https://provider.example/authorize?state=${id}`) };
    },
  });
}

function callbackPhase<U extends object>(faults: Faults, methods: Phase<U>['methods'], name: string): Phase<U> {
  return definePhase<U, CallbackFields>({
    name,
    methods,
    fields: { state: optionalText(), code: optionalText() },
    actor: 'anyone',
    crossSite: 'bound-by-state',
    run: (ctx, { state, code }) => finish(ctx, faults, state, code),
  });
}

/** The code is the e-mail address of whoever said yes: this provider trusts everybody. */
async function finish<U>(
  ctx: StrategyContext<U>,
  faults: Faults,
  state: string | undefined,
  code: string | undefined,
): Promise<Outcome<U>> {
  faults.at('provider.callback');
  const flow = await ctx.flows.read('redirect');
  if (flow === null || flow.id !== state) throw new AuthenticationFailed('unknown_state');
  const account = await ctx.accounts.findByIdentity('email', code ?? '');
  if (account === null) throw new AuthenticationFailed('unknown_user');
  const { user, subjectEpoch } = account;
  return {
    kind: 'proved',
    proof: { user, subjectEpoch, methods: ['ext'], factors: 1, effect: (tx) => ctx.flows.spend(flow, tx) },
  };
}
