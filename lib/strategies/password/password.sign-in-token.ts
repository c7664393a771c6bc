import { AuthenticationFailed, InvalidToken } from '../../errors/index.js';
import type { Proof, StrategyContext } from '../../strategy/index.js';
import { byPassword, type PasswordActions } from './password.actions.js';
import type { ResolvedSignInTokenOptions } from './password.options.js';

/** What the client is given: the password was right, and the bearer of the token may sign in, once. */
export interface SignInToken {
  readonly token: string;
  readonly lifetimeSeconds: number;
}

/**
 * Hands a proven password over to a request that can keep a sign-in: code that checks a password where no cookie can be
 * set (a socket, a message, a server that renders) gives the token to the browser, which posts it.
 */
export class SignInTokenActions<U> {
  constructor(
    private readonly actions: PasswordActions<U>,
    private readonly options: ResolvedSignInTokenOptions,
  ) {}

  /** @throws {AuthenticationFailed} @throws {SignInNotAllowed} as signing in does */
  async issue(ctx: StrategyContext<U>, identity: string, password: string): Promise<SignInToken> {
    const { user, subjectEpoch } = await this.actions.signIn(ctx, identity, password);
    await ctx.accounts.requireMaySignIn(user);
    const { lifetimeSeconds } = this.options;
    const about = { subject: ctx.accounts.subjectOf(user), subjectEpoch, lifetimeSeconds };
    try {
      const { token } = await ctx.data.transaction((tx) => ctx.tokens.issue('sign-in', about, tx));
      return { token, lifetimeSeconds };
    } catch (error) {
      // Disabled, or changed this moment: the same answer as to a wrong password.
      throw error instanceof InvalidToken ? new AuthenticationFailed(error.reason) : error;
    }
  }

  /**
   * @throws {InvalidToken} when it is unknown, expired or spent, or when a credential changed since
   * @throws {PasswordChangeRequired}
   */
  async redeem(ctx: StrategyContext<U>, token: string): Promise<Proof<U>> {
    const { subject, subjectEpoch } = await ctx.tokens.read('sign-in', token);
    const account = subject === null ? null : await ctx.accounts.find(subject);
    if (account === null) throw new InvalidToken('unknown_user');
    this.actions.refuseUnconfirmed(account);
    await this.actions.refuseUntilChanged(ctx, account);
    const effect: Proof<U>['effect'] = async (tx) => void (await ctx.tokens.spend('sign-in', token, tx));
    return { ...byPassword(account.user, subjectEpoch), effect };
  }
}
