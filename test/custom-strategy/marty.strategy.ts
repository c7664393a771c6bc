// marty.strategy.ts
import { AuthenticationFailed, definePhase, identity, type Field, type Phase, type Strategy } from 'nest-auth-plug';

/** Lets in everybody whose name begins with Marty. */
export function marty<U>(): Strategy<U> {
  return {
    name: 'marty',
    // Becomes a column of the resource: public, one account per name. Private ones are seen by this strategy alone.
    columns: { username: { type: 'text', private: false, unique: true, kind: 'username' } },
    phases: [signInPhase()],
  };
}

/** POST /auth/user/marty */
function signInPhase<U>(): Phase<U> {
  return definePhase<U, { username: Field<string> }>({
    name: 'sign-in',
    path: '', // the strategy's own path; without this line it would be /auth/user/marty/sign-in
    methods: ['POST'],
    fields: { username: identity() }, // comes in lower case, because the column is a username
    actor: 'anyone',
    guess: 'secret', // every try counts against the limits, by account and by address
    identity: ({ username }) => username,
    async run(ctx, { username }) {
      const account = await ctx.accounts.findByIdentity('username', username);
      if (account === null || !username.startsWith('marty')) throw new AuthenticationFailed('no_user');
      const { user, subjectEpoch } = account;
      return { kind: 'proved', proof: { user, methods: ['user'], factors: 1, subjectEpoch } };
    },
  });
}
