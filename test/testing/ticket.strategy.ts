import {
  AuthenticationFailed,
  AuthReply,
  definePhase,
  identity,
  InvalidInput,
  InvalidToken,
  optionalText,
  secret,
  type Account,
  type DataLayer,
  type Field,
  type Model,
  type Outcome,
  type Phase,
  type Strategy,
  type StrategyContext,
} from 'nest-auth-plug';

export interface Guest {
  readonly id: string;
  readonly username: string;
  readonly isBanned: boolean;
}

/** What a strategy can get wrong. */
export type Fault =
  | 'hands the core a user who may'
  | 'welcomes whoever may not'
  | 'looks before it takes'
  | 'makes an account for each who comes'
  | 'refuses the unknown with another status'
  | 'refuses the unknown in other words'
  | 'asks less about the unknown'
  | 'takes the ticket on GET'
  | 'writes a row on GET'
  | 'proves on GET';

export const TICKET = 'a ticket for one';
export const tickets: Model = {
  table: 'tickets',
  tenantField: null,
  columns: { id: { type: 'text' }, isUsed: { type: 'boolean' } },
  primaryKey: ['id'],
};

type Context = StrategyContext<Guest>;

/** Signs in whoever has a ticket, which works once; with one fault, or with none. */
export function ticket(fault: Fault | null): Strategy<Guest> {
  return {
    name: 'ticket',
    columns: { username: { type: 'text', private: false, unique: true, kind: 'username' } },
    models: [tickets],
    phases: [pagePhase(fault), signInPhase(fault)],
    forget: () => Promise.resolve(),
  };
}

function pagePhase(fault: Fault | null): Phase<Guest> {
  return definePhase<Guest, { username: Field<string>; code: Field<string> }>({
    name: 'page',
    path: 'sign-in',
    methods: ['GET'],
    fields: { username: identity(), code: secret() },
    actor: 'anyone',
    async run(ctx, { username, code }) {
      if (fault === 'takes the ticket on GET') await ctx.data.update(tickets, { id: code }, { isUsed: true });
      if (fault === 'writes a row on GET') await ctx.data.insertIfAbsent(tickets, { id: 'seen', isUsed: true });
      if (fault === 'proves on GET') return signIn(ctx, username, code, null);
      return { kind: 'reply', reply: AuthReply.text('Press the button to sign in') };
    },
  });
}

function signInPhase(fault: Fault | null): Phase<Guest> {
  return definePhase<Guest, { username: Field<string>; code: Field<string>; name: Field<string | undefined> }>({
    name: 'sign-in',
    methods: ['POST'],
    fields: { username: identity(), code: secret(), name: optionalText() },
    actor: 'anyone',
    guess: 'secret',
    identity: ({ username }) => username,
    run: (ctx, { username, code }) => signIn(ctx, username, code, fault),
  });
}

async function signIn(ctx: Context, username: string, code: string, fault: Fault | null): Promise<Outcome<Guest>> {
  const account = await ctx.accounts.findByIdentity('username', username);
  if (account === null) refuseUnknown(fault);
  const found = await ctx.data.findOne(tickets, { id: code });
  if (account === null || found?.['isUsed'] !== false) throw new AuthenticationFailed('no_ticket');
  if (fault === 'welcomes whoever may not' && !(await maySignIn(ctx, account))) {
    return { kind: 'reply', reply: AuthReply.text('Welcome') };
  }
  if (fault === 'makes an account for each who comes') await addAccount(ctx);
  const user = fault === 'hands the core a user who may' ? { ...account.user, isBanned: false } : account.user;
  const effect = (tx: DataLayer) => take(tx, code, fault);
  return { kind: 'proved', proof: { user, methods: ['otp'], factors: 1, subjectEpoch: account.subjectEpoch, effect } };
}

function refuseUnknown(fault: Fault | null): void {
  if (fault === 'refuses the unknown with another status') throw InvalidInput.of('username', 'unknown', 'is nobody');
  if (fault === 'refuses the unknown in other words') throw new InvalidToken('no_user');
  if (fault === 'asks less about the unknown') throw new AuthenticationFailed('no_user');
}

/** The ticket, by one conditional write. */
async function take(tx: DataLayer, code: string, fault: Fault | null): Promise<void> {
  const free = fault === 'looks before it takes' ? { id: code } : { id: code, isUsed: false };
  if ((await tx.update(tickets, free, { isUsed: true })) === 0) throw new InvalidToken('used');
}

async function maySignIn({ accounts }: Context, { user }: Account<Guest>): Promise<boolean> {
  return accounts.requireMaySignIn(user).then(
    () => true,
    () => false,
  );
}

let guests = 0;

async function addAccount({ accounts, data }: Context): Promise<void> {
  await data.transaction((tx) => accounts.create({ username: `guest-${(guests += 1)}`, isBanned: false }, tx));
}
