import { SignInRequired } from '../../errors/index.js';
import {
  AuthReply,
  definePhase,
  identity,
  optionalText,
  secret,
  textIn,
  type Account,
  type Field,
  type Phase,
  type StrategyContext,
} from '../../strategy/index.js';
import type { TotpActions } from './totp.actions.js';
import type { TotpEnrolment } from './totp.enrolment.js';
import { fail } from './totp.errors.js';
import { totpPage } from './totp.page.js';
import type { TotpRemoval } from './totp.removal.js';

/** Six digits, and whatever spaces somebody types. */
const MAX_CODE_BYTES = 64;

type CodeFields = { readonly code: Field<string> };
type NoFields = Record<never, never>;

/** GET: where a browser without scripts enrols. Shows what waits for its first code, and changes nothing. */
export function pagePhase<U>(enrolment: TotpEnrolment<U>): Phase<U> {
  return definePhase<U, NoFields>({
    name: 'page',
    path: '',
    methods: ['GET'],
    fields: {},
    actor: 'fresh-user',
    enrols: true,
    async run(ctx) {
      const account = await accountIn(ctx);
      const setup = await enrolment.findSetup(ctx, account);
      const { confirmedAt } = await enrolment.status(ctx, account);
      const to = (phase: string) => ctx.links.to(phase, {}).pathname;
      const actions = { setUp: to('setup'), confirm: to('confirm-setup'), disable: to('disable') };
      const shown = totpPage({ setup, isEnrolled: confirmedAt !== null, actions });
      return { kind: 'reply', reply: AuthReply.html(shown) };
    },
  });
}

/** GET. Nothing secret. */
export function statusPhase<U>(enrolment: TotpEnrolment<U>): Phase<U> {
  return definePhase<U, NoFields>({
    name: 'status',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    run: async (ctx) => ({ kind: 'done', result: { ...(await enrolment.status(ctx, await accountIn(ctx))) } }),
  });
}

/** POST. Gives an app what it makes codes of; the account is as before until `confirm-setup`. */
export function setupPhase<U>(enrolment: TotpEnrolment<U>): Phase<U> {
  return definePhase<U, NoFields>({
    name: 'setup',
    methods: ['POST'],
    fields: {},
    actor: 'fresh-user',
    enrols: true,
    async run(ctx) {
      const { qr, ...setup } = await enrolment.setUp(ctx, await accountIn(ctx));
      return { kind: 'done', result: { ...setup, qr: qr === null ? null : qr.toString() } };
    },
  });
}

/** POST. The first right code turns the factor on. This device goes on with a new sign-in, all others end. */
export function confirmSetupPhase<U>(enrolment: TotpEnrolment<U>): Phase<U> {
  return definePhase<U, CodeFields>({
    name: 'confirm-setup',
    methods: ['POST'],
    fields: { code: codeField() },
    actor: 'fresh-user',
    enrols: true,
    guess: 'secret',
    async run(ctx, { code }) {
      return { kind: 'proved', proof: await enrolment.confirm(ctx, await accountIn(ctx), code) };
    },
  });
}

/** POST. The second step, of somebody who has the first behind them. */
export function signInPhase<U>(actions: TotpActions<U>): Phase<U> {
  return definePhase<U, CodeFields>({
    name: 'sign-in',
    methods: ['POST'],
    fields: { code: codeField() },
    actor: 'pending',
    guess: 'secret',
    async run(ctx, { code }) {
      return { kind: 'proved', proof: await actions.prove(ctx, await accountIn(ctx), code) };
    },
  });
}

/** POST. Where the app says so: an identity and a code, and no other step. */
export function signInAlonePhase<U>(actions: TotpActions<U>): Phase<U> {
  const { identityField } = actions.options;
  return definePhase<U, CodeFields & { readonly [identity: string]: Field<string> }>({
    name: 'sign-in-alone',
    methods: ['POST'],
    fields: { [identityField]: identity(), code: codeField() },
    actor: 'anyone',
    guess: 'secret',
    identity: (input) => textIn(input, identityField),
    async run(ctx, input) {
      const account = await ctx.accounts.findByIdentity(identityField, textIn(input, identityField));
      return { kind: 'proved', proof: await actions.prove(ctx, account, input.code) };
    },
  });
}

/** POST. Steps up: a sign-in in force goes on as one in which a second factor was shown just now. */
export function verifyPhase<U>(actions: TotpActions<U>): Phase<U> {
  return definePhase<U, CodeFields>({
    name: 'verify',
    methods: ['POST'],
    fields: { code: codeField() },
    actor: 'user',
    guess: 'secret',
    async run(ctx, { code }) {
      return { kind: 'proved', proof: await actions.prove(ctx, await accountIn(ctx), code) };
    },
  });
}

/** POST. Turns the factor off. This device goes on with a new sign-in, all others end. */
export function disablePhase<U>(removal: TotpRemoval<U>): Phase<U> {
  return definePhase<U, { code: Field<string | undefined> }>({
    name: 'disable',
    methods: ['POST'],
    fields: { code: { ...optionalText({ maxBytes: MAX_CODE_BYTES }), kind: 'secret' } },
    actor: 'fresh-user',
    guess: 'secret',
    run: async (ctx, { code }) => removal.disable(ctx, await accountIn(ctx), code),
  });
}

function codeField(): Field<string> {
  return secret({ maxBytes: MAX_CODE_BYTES });
}

/** Of whoever has the first step behind them, or is signed in: never from a field. */
async function accountIn<U>({ pending, signIn, accounts }: StrategyContext<U>): Promise<Account<U>> {
  const subject = pending?.subject ?? signIn?.subject;
  if (subject === undefined) throw new SignInRequired();
  return (await accounts.find(subject)) ?? fail('unknown_user');
}
