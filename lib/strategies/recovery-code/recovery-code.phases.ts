import { SignInRequired } from '../../errors/index.js';
import {
  definePhase,
  secret,
  type Account,
  type Field,
  type Phase,
  type StrategyContext,
} from '../../strategy/index.js';
import type { RecoveryCodeActions } from './recovery-code.actions.js';
import { fail } from './recovery-code.errors.js';

/** A code, and whatever spaces and dashes somebody types. */
const MAX_CODE_BYTES = 128;

type CodeFields = { readonly code: Field<string> };
type NoFields = Record<never, never>;

/** POST. `result` holds the codes, this once. This device goes on with a new sign-in, all others end. */
export function generatePhase<U>(actions: RecoveryCodeActions<U>): Phase<U> {
  return definePhase<U, NoFields>({
    name: 'generate',
    methods: ['POST'],
    fields: {},
    actor: 'fresh-user',
    run: async (ctx) => actions.generate(ctx, await accountIn(ctx)),
  });
}

/** GET. How many are left. */
export function statusPhase<U>(actions: RecoveryCodeActions<U>): Phase<U> {
  return definePhase<U, NoFields>({
    name: 'status',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    run: async (ctx) => ({ kind: 'done', result: { ...(await actions.status(ctx, await accountIn(ctx))) } }),
  });
}

/** POST. The second step, of somebody who has the first behind them and not their other factor. */
export function signInPhase<U>(actions: RecoveryCodeActions<U>): Phase<U> {
  return provingPhase('sign-in', 'pending', actions);
}

/** POST. Steps up: a sign-in in force goes on as one in which a second factor was shown just now. */
export function verifyPhase<U>(actions: RecoveryCodeActions<U>): Phase<U> {
  return provingPhase('verify', 'user', actions);
}

function provingPhase<U>(name: string, actor: 'pending' | 'user', actions: RecoveryCodeActions<U>): Phase<U> {
  return definePhase<U, CodeFields>({
    name,
    methods: ['POST'],
    fields: { code: secret({ maxBytes: MAX_CODE_BYTES }) },
    actor,
    guess: 'secret',
    async run(ctx, { code }) {
      return { kind: 'proved', proof: await actions.prove(ctx, await accountIn(ctx), code) };
    },
  });
}

/** Of whoever has the first step behind them, or is signed in: never from a field. */
async function accountIn<U>({ pending, signIn, accounts }: StrategyContext<U>): Promise<Account<U>> {
  const subject = pending?.subject ?? signIn?.subject;
  if (subject === undefined) throw new SignInRequired();
  return (await accounts.find(subject)) ?? fail('unknown_user');
}
