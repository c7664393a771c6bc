import {
  AuthenticationFailed,
  definePhase,
  type Account,
  type DataLayer,
  type Outcome,
  type Phase,
  type Strategy,
  type StrategyContext,
} from 'nest-auth-plug';
import type { User } from '../users.js';
import { ADA } from './rooms-app.js';
import { signedInSubject } from './signed-in-subject.js';

/** What a phase of the desk does with the account of whoever is signed in. */
type Shows = (ctx: StrategyContext<User>, account: Account<User>) => Promise<Outcome<User>>;

/**
 * A strategy that sees mailboxes now and then, and so does not say `provesMailboxOf`. `show` sees that of whoever is signed in; `renew`
 * changes a credential along with it; `tell` and `tell-late` sign nobody in, the latter after a credential has changed, as does
 * `rename-late`, which changes something else; `enter` makes an account.
 */
export function desk(): Strategy<User> {
  return {
    name: 'desk',
    columns: { deskCode: { type: 'text', private: true, nullable: true, credential: true } },
    phases: [
      phase('show', async (_ctx, account) => shown(account)),
      phase('renew', async (ctx, account) => shown(account, (tx) => renew(ctx, account, tx))),
      phase('tell', tell),
      phase('tell-late', async (ctx, account) => {
        await ctx.data.transaction((tx) => renew(ctx, account, tx));
        return tell(ctx, account);
      }),
      phase('rename-late', async (ctx, account) => {
        await ctx.data.transaction((tx) => renew(ctx, account, tx));
        const { subject, subjectEpoch } = account;
        await ctx.data.transaction((tx) => ctx.accounts.change(subject, { name: 'late' }, tx, subjectEpoch));
        return { kind: 'done' };
      }),
      enterPhase(),
    ],
  };
}

function phase(name: string, shows: Shows): Phase<User> {
  return definePhase<User, Record<never, never>>({
    name,
    methods: ['POST'],
    fields: {},
    actor: 'user',
    async run(ctx) {
      const account = await ctx.accounts.find(signedInSubject(ctx));
      if (account === null) throw new AuthenticationFailed('unknown_user');
      return shows(ctx, account);
    },
  });
}

function enterPhase(): Phase<User> {
  return definePhase<User, Record<never, never>>({
    name: 'enter',
    methods: ['POST'],
    fields: {},
    actor: 'anyone',
    async run(ctx) {
      const draft = await ctx.accounts.draft({ email: ADA, deskCode: 'a code' });
      return shown(draft, draft.create);
    },
  });
}

function shown(
  { user, subjectEpoch }: Pick<Account<User>, 'user' | 'subjectEpoch'>,
  effect?: (tx: DataLayer) => Promise<void>,
): Outcome<User> {
  const mailbox = { field: 'email', address: user.email };
  return { kind: 'proved', proof: { user, subjectEpoch, methods: ['otp'], factors: 1, mailbox, effect } };
}

async function renew(ctx: StrategyContext<User>, account: Account<User>, tx: DataLayer): Promise<void> {
  await ctx.accounts.changeCredentials(account.subject, {}, account.subjectEpoch, tx);
}

const tell: Shows = async (ctx, { user, subject, subjectEpoch }) => {
  const mailbox = { field: 'email', address: user.email };
  await ctx.data.transaction((tx) => ctx.accounts.mailboxShown(subject, mailbox, subjectEpoch, tx));
  return { kind: 'done' };
};
