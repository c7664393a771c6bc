import {
  AuthenticationFailed,
  definePhase,
  secret,
  type Account,
  type Field,
  type OfferedFactor,
  type Outcome,
  type Phase,
  type Proof,
  type Strategy,
  type StrategyContext,
  type Subject,
} from 'nest-auth-plug';
import { Faults } from './faults.js';
import { signedInSubject } from './signed-in-subject.js';

type CodeFields = { readonly code: Field<string> };
const OFFER: OfferedFactor = { strategy: 'second-factor', phase: 'sign-in', label: 'A code' };

/** A second factor: a code that its owner chose, asked for after every first step, and for stepping up. */
export function secondFactor<U extends object>(faults = new Faults()): Strategy<U> {
  return {
    name: 'second-factor',
    columns: { factorCode: { type: 'text', private: true, nullable: true, credential: true } },
    phases: [enrolPhase(faults), signInPhase(faults), verifyPhase(faults)],
    factor: async (user, ctx, data) => {
      faults.at('factor');
      const account = await ctx.accounts.find(ctx.accounts.subjectOf(user), data);
      return codeOf(account) === null ? null : OFFER;
    },
  };
}

function enrolPhase<U>(faults: Faults): Phase<U> {
  return definePhase<U, CodeFields>({
    name: 'enrol',
    methods: ['POST'],
    fields: { code: secret() },
    actor: 'fresh-user',
    enrols: true,
    async run(ctx, { code }) {
      faults.at('second-factor.enrol');
      const account = await accountOf(ctx, ctx.pending?.subject ?? signedInSubject(ctx));
      const { subject, subjectEpoch } = account;
      return proved(account, async (tx) => {
        await ctx.accounts.changeCredentials(subject, { factorCode: code }, subjectEpoch, tx);
      });
    },
  });
}

function signInPhase<U>(faults: Faults): Phase<U> {
  return definePhase<U, CodeFields>({
    name: 'sign-in',
    methods: ['POST'],
    fields: { code: secret() },
    actor: 'pending',
    guess: 'secret',
    async run(ctx, { code }) {
      faults.at('second-factor.sign-in');
      if (ctx.pending === null) throw new AuthenticationFailed('no_pending_flow');
      return check(ctx, ctx.pending.subject, code);
    },
  });
}

function verifyPhase<U>(faults: Faults): Phase<U> {
  return definePhase<U, CodeFields>({
    name: 'verify',
    methods: ['POST'],
    fields: { code: secret() },
    actor: 'user',
    guess: 'secret',
    async run(ctx, { code }) {
      faults.at('second-factor.verify');
      return check(ctx, signedInSubject(ctx), code);
    },
  });
}

async function check<U>(ctx: StrategyContext<U>, subject: Subject, code: string): Promise<Outcome<U>> {
  const account = await accountOf(ctx, subject);
  if (codeOf(account) !== code) throw new AuthenticationFailed('wrong_code');
  return proved(account);
}

async function accountOf<U>(ctx: StrategyContext<U>, subject: Subject): Promise<Account<U>> {
  const account = await ctx.accounts.find(subject);
  if (account === null) throw new AuthenticationFailed('unknown_user');
  return account;
}

function codeOf(account: Account<unknown> | null): string | null {
  const code = account?.secrets['factorCode'];
  return typeof code === 'string' ? code : null;
}

function proved<U>({ user, subjectEpoch }: Account<U>, effect?: Proof<U>['effect']): Outcome<U> {
  return { kind: 'proved', proof: { user, subjectEpoch, methods: ['otp'], factors: 1, effect } };
}
