import {
  AuthReply,
  definePhase,
  identity,
  InvalidToken,
  secret,
  type Outcome,
  type SenderRef,
  type Strategy,
  type StrategyContext,
} from 'nest-auth-plug';
import { Faults } from './faults.js';

interface Addressed {
  readonly email: string;
}

/** A strategy that sends a link: the page behind it says what it is for, and only its button signs in. */
export function link<U extends object & Addressed>(sender: SenderRef, faults = new Faults()): Strategy<U> {
  return {
    name: 'link',
    purposes: ['sign-in'],
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
          ctx.afterAnswer(() => sendLink(ctx, email));
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
        run: (ctx, { token }) => signIn(ctx, faults, token),
      }),
    ],
  };
}

async function sendLink<U extends Addressed>(ctx: StrategyContext<U>, email: string): Promise<void> {
  const account = await ctx.accounts.findByIdentity('email', email);
  if (account === null) return;
  const { user, subject, subjectEpoch } = account;
  await ctx.data.transaction(async (tx) => {
    const { token } = await ctx.tokens.issue('sign-in', { subject, subjectEpoch, lifetimeSeconds: 600 }, tx);
    ctx.send({ purpose: 'sign-in', to: user.email, user, link: ctx.links.to('page', { token }) }, tx);
  });
}

async function signIn<U>(ctx: StrategyContext<U>, faults: Faults, token: string): Promise<Outcome<U>> {
  faults.at('link.sign-in');
  const { subject, subjectEpoch } = await ctx.tokens.read('sign-in', token);
  const account = subject === null ? null : await ctx.accounts.find(subject);
  if (account === null) throw new InvalidToken('unknown_user');
  const effect: Parameters<typeof ctx.data.transaction<void>>[0] = async (tx) =>
    void (await ctx.tokens.spend('sign-in', token, tx));
  return { kind: 'proved', proof: { user: account.user, subjectEpoch, methods: ['otp'], factors: 1, effect } };
}
