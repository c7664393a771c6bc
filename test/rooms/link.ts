import {
  AuthReply,
  definePhase,
  identity,
  InvalidToken,
  secret,
  type Outcome,
  type Proof,
  type SenderRef,
  type Strategy,
  type StrategyContext,
} from 'nest-auth-plug';
import { Faults } from './faults.js';

interface Addressed {
  readonly email: string;
}

export interface LinkOptions {
  /** Says that whoever has the link reads the mailbox. @default false */
  readonly provesMailbox?: boolean;
  /** Sends to unknown addresses too, and makes an account when the link is used. @default false */
  readonly registers?: boolean;
}

/** A strategy that sends a link: the page behind it says what it is for, and only its button signs in. */
export function link<U extends object & Addressed>(
  sender: SenderRef,
  faults = new Faults(),
  { provesMailbox = false, registers = false }: LinkOptions = {},
): Strategy<U> {
  return {
    name: 'link',
    purposes: ['sign-in'],
    provesMailboxOf: provesMailbox ? ['email'] : undefined,
    registers: registers ? ['email'] : undefined,
    senders: { 'sign-in': sender },
    phases: [
      definePhase<U, { email: ReturnType<typeof identity> }>({
        name: 'request',
        methods: ['POST'],
        fields: { email: identity() },
        actor: 'anyone',
        guess: 'message',
        identity: ({ email }) => email,
        async run(ctx, { email }) {
          faults.at('link.request');
          ctx.afterAnswer(() => sendLink(ctx, email, registers));
          return { kind: 'done' };
        },
      }),
      definePhase<U, { token: ReturnType<typeof secret> }>({
        name: 'page',
        path: 'sign-in',
        methods: ['GET'],
        fields: { token: secret() },
        actor: 'anyone',
        async run(ctx, { token }) {
          await ctx.tokens.read('sign-in', token);
          return { kind: 'reply', reply: AuthReply.text('Press the button to sign in') };
        },
      }),
      definePhase<U, { token: ReturnType<typeof secret> }>({
        name: 'sign-in',
        methods: ['POST'],
        fields: { token: secret() },
        actor: 'anyone',
        guess: 'secret',
        run: (ctx, { token }) => signIn(ctx, faults, token, provesMailbox),
      }),
    ],
  };
}

async function sendLink<U extends Addressed>(
  ctx: StrategyContext<U>,
  email: string,
  registers: boolean,
): Promise<void> {
  const account = await ctx.accounts.findByIdentity('email', email);
  if (account === null && !registers) return;
  const { user, subject, subjectEpoch } = account ?? { user: null, subject: null, subjectEpoch: 0 };
  await ctx.data.transaction(async (tx) => {
    const about = { subject, subjectEpoch, lifetimeSeconds: 600, data: { email } };
    const { token } = await ctx.tokens.issue('sign-in', about, tx);
    ctx.send({ purpose: 'sign-in', to: email, user, link: ctx.links.to('page', { token }) }, tx);
  });
}

async function signIn<U>(
  ctx: StrategyContext<U>,
  faults: Faults,
  token: string,
  provesMailbox: boolean,
): Promise<Outcome<U>> {
  faults.at('link.sign-in');
  const { subject, data } = await ctx.tokens.read('sign-in', token);
  const address = String(data['email']);
  const found = subject === null ? await ctx.accounts.draft({ email: address }) : await ctx.accounts.find(subject);
  if (found === null) throw new InvalidToken('unknown_user');
  const { user, subjectEpoch } = found;
  const effect: Proof<U>['effect'] = async (tx) => {
    await ctx.tokens.spend('sign-in', token, tx);
    if ('create' in found) await found.create(tx);
  };
  const mailbox = provesMailbox ? { field: 'email', address } : undefined;
  return { kind: 'proved', proof: { user, subjectEpoch, methods: ['otp'], factors: 1, mailbox, effect } };
}
