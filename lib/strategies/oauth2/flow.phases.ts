import { SignInRequired } from '../../errors/index.js';
import {
  AuthReply,
  definePhase,
  optionalText,
  type Field,
  type Fields,
  type InputOf,
  type Outcome,
  type Phase,
  type StrategyContext,
} from '../../strategy/index.js';
import { NOBODY, type Authorization, type Brought, type Traveller } from './authorization.js';
import type { ResolvedCommonOptions } from './common.options.js';
import type { Linking } from './linking.js';
import { awayPage, backPage } from './oauth2.page.js';
import type { Provider } from './provider.js';
import { departureOf } from './redirect-flow.js';
import type { ProviderSignIn } from './sign-in.js';

/** Codes and states are opaque, and some providers' are long. */
const MAX_PARAM_BYTES = 4096;
/** Among the fields of our own page: says that it has been shown. */
const REPOSTED = 'reposted';

type Texts = { readonly [name: string]: Field<string | undefined> };

/** What the phases of the flow work with. */
export interface FlowParts<U> {
  readonly options: ResolvedCommonOptions;
  readonly provider: Provider<U>;
  readonly authorization: Authorization<U>;
  readonly signIn: ProviderSignIn<U>;
  readonly linking: Linking<U>;
}

/** GET, at the strategy's own path: a link or button leads here, and from here to the provider. */
export function requestPhase<U>(parts: FlowParts<U>): Phase<U> {
  return definePhase<U, Texts>({
    name: 'request',
    path: '',
    methods: ['GET'],
    head: 'refused',
    fields: textsOf(parts.provider.passesOn),
    actor: 'anyone',
    async run(ctx, input) {
      const to = await parts.authorization.begin(ctx, NOBODY, given(input));
      return { kind: 'reply', reply: AuthReply.redirect(to.href) };
    },
  });
}

/** POST. For somebody who has just signed in: they come back with an identity that is theirs from then on. */
export function linkPhase<U>(parts: FlowParts<U>): Phase<U> {
  return definePhase<U, Texts>({ ...leaving(parts, 'link'), name: 'link', actor: 'fresh-user' });
}

/** POST. For somebody whose sign-in is too old for what they want: they show their identity again. */
export function stepUpPhase<U>(parts: FlowParts<U>): Phase<U> {
  return definePhase<U, Texts>({ ...leaving(parts, 'step-up'), name: 'step-up', actor: 'user' });
}

/** GET, or POST (`response_mode=form_post`): the provider sends the browser back. Takes nothing but a flow that began in this browser. */
export function callbackPhase<U>(parts: FlowParts<U>): Phase<U> {
  const { callbackParams } = parts.provider;
  return definePhase<U, Fields & Texts>({
    name: 'callback',
    methods: ['GET', 'POST'],
    fields: textsOf(['state', 'code', 'iss', 'error', ...callbackParams, REPOSTED]),
    actor: 'anyone',
    crossSite: 'bound-by-state',
    guess: 'secret',
    async run(ctx, input) {
      const came = given(input);
      if (hasBody(ctx) && came[REPOSTED] === undefined && (await departureOf(ctx)) === null) {
        const action = ctx.links.to('callback', {}).pathname;
        return { kind: 'reply', reply: backPage(action, { ...came, [REPOSTED]: '1' }, parts.options.label) };
      }
      return arrive(parts, ctx, broughtIn(input, callbackParams));
    },
  });
}

async function arrive<U>(parts: FlowParts<U>, ctx: StrategyContext<U>, brought: Brought): Promise<Outcome<U>> {
  const arrival = await parts.authorization.finish(ctx, brought);
  switch (arrival.departure.intent) {
    case 'sign-in':
      return { kind: 'proved', proof: await parts.signIn.prove(ctx, arrival) };
    case 'link':
      return { kind: 'proved', proof: await parts.linking.prove(ctx, arrival), stepsUp: true };
    case 'step-up':
      return { kind: 'proved', proof: await parts.signIn.proveAgain(ctx, arrival), stepsUp: true };
  }
}

function leaving<U>(parts: FlowParts<U>, intent: 'link' | 'step-up'): Omit<Phase<U, Texts>, 'name' | 'actor'> {
  return {
    methods: ['POST'],
    fields: textsOf(parts.provider.passesOn),
    async run(ctx, input) {
      const to = await parts.authorization.begin(ctx, await travellerIn(ctx, intent), given(input));
      return { kind: 'reply', reply: awayPage(to, parts.options.label) };
    },
  };
}

/** @throws {SignInRequired} */
async function travellerIn<U>(
  { signIn, accounts }: StrategyContext<U>,
  intent: 'link' | 'step-up',
): Promise<Traveller> {
  const account = signIn === null ? null : await accounts.find(signIn.subject);
  if (account === null) throw new SignInRequired();
  return { intent, subject: account.subject, subjectEpoch: account.subjectEpoch };
}

function textsOf(names: readonly string[]): Texts {
  return Object.fromEntries(names.map((name) => [name, optionalText({ maxBytes: MAX_PARAM_BYTES })]));
}

function given(input: InputOf<Texts>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(input).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function broughtIn({ state, code, iss, error, ...others }: InputOf<Texts>, names: readonly string[]): Brought {
  const params = Object.entries(given(others)).filter(([name]) => names.includes(name));
  return { state, code, iss, error, params: Object.fromEntries(params) };
}

/** A browser sends a type with a body alone: so this is a POST. */
function hasBody({ headers }: Pick<StrategyContext<unknown>, 'headers'>): boolean {
  return headers.get('content-type').length > 0;
}
