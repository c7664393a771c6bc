import { AuthenticationFailed, SignInRequired } from '../../errors/index.js';
import type { Subject } from '../../resources/index.js';
import { definePhase, type AuthContext, type Outcome, type Phase, type StrategyContext } from '../../strategy/index.js';
import type { Assertions } from './webauthn.assertions.js';
import type { CeremonyKind, Started } from './webauthn.ceremonies.js';
import { answerFields, type AnswerFields } from './webauthn.fields.js';

type NoFields = Record<never, never>;

/** Somebody shows a passkey: who may, and whose it has to be. */
interface Showing {
  readonly kind: CeremonyKind;
  readonly actor: Phase<unknown>['actor'];
  readonly subjectIn: (ctx: AuthContext) => Subject | null;
}

const SIGN_IN: Showing = { kind: 'sign-in', actor: 'anyone', subjectIn: () => null };
const SECOND_FACTOR: Showing = { kind: 'second-factor', actor: 'pending', subjectIn: pendingSubject };
const VERIFY: Showing = { kind: 'verify', actor: 'user', subjectIn: signedInSubject };

/** `sign-in-options` and `sign-in`: whoever comes, by whichever passkey the browser finds for this place. */
export function signInPhases<U>(assertions: Assertions<U>): readonly Phase<U>[] {
  return showingPhases(assertions, SIGN_IN);
}

/** `second-factor-options` and `second-factor`: with a passkey of whoever has the first step behind them. */
export function secondFactorPhases<U>(assertions: Assertions<U>): readonly Phase<U>[] {
  return showingPhases(assertions, SECOND_FACTOR);
}

/** `verify-options` and `verify`: stepping up, with a passkey of whoever is signed in. */
export function verifyPhases<U>(assertions: Assertions<U>): readonly Phase<U>[] {
  return showingPhases(assertions, VERIFY);
}

/** The options are a POST too: they begin a flow, which another site, a prefetch or a cache must not. */
function showingPhases<U>(assertions: Assertions<U>, { kind, actor, subjectIn }: Showing): readonly Phase<U>[] {
  return [
    definePhase<U, NoFields>({
      name: `${kind}-options`,
      methods: ['POST'],
      fields: {},
      actor,
      run: async (ctx) => started(await assertions.begin(ctx, kind, subjectIn(ctx))),
    }),
    definePhase<U, AnswerFields>({
      name: kind,
      methods: ['POST'],
      fields: answerFields(),
      actor,
      guess: 'secret',
      async run(ctx, { credential, ceremony }) {
        const proof = await assertions.prove(ctx, kind, subjectIn(ctx), credential, ceremony);
        return { kind: 'proved', proof };
      },
    }),
  ];
}

export function started<U>(begun: Started): Outcome<U> {
  return { kind: 'done', result: { ...begun } };
}

/** Never from a field. */
export function signedInSubject({ signIn }: AuthContext): Subject {
  if (signIn === null) throw new SignInRequired();
  return signIn.subject;
}

function pendingSubject({ pending }: AuthContext): Subject {
  if (pending === null) throw new AuthenticationFailed('no_pending_flow');
  return pending.subject;
}

/** Of somebody who enrols: signed in, or asked for a second factor without having one yet. */
export function enrollingSubject<U>(ctx: StrategyContext<U>): Subject {
  return ctx.signIn === null && ctx.pending !== null ? ctx.pending.subject : signedInSubject(ctx);
}
