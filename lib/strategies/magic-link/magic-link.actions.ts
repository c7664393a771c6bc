import { addressIn, MAILED_SECRET, MailedSecrets, type Proof, type StrategyContext } from '../../strategy/index.js';
import type { ResolvedMagicLinkOptions } from './magic-link.options.js';

/** What can be done with links, for whoever asks: no request in sight. */
export class MagicLinkActions<U> {
  readonly #links: MailedSecrets<U>;

  constructor(readonly options: ResolvedMagicLinkOptions) {
    this.#links = new MailedSecrets({ ...options, lifetimeSeconds: options.tokenLifetimeSeconds });
  }

  /**
   * Sends a link, if there is an account or may be one. Void at the next request, when it was used, and at any change of the
   * address or of a credential.
   *
   * @param address canonical
   */
  async request(ctx: StrategyContext<U>, address: string): Promise<void> {
    const { page } = this.options;
    await this.#links.issue(
      ctx,
      address,
      () => ({}),
      (token) => {
        const link = page === undefined ? ctx.links.to('page', { token }) : ctx.links.page(page, { token });
        return { purpose: 'magic-link', link };
      },
    );
  }

  /** Where a link was sent. Consumes nothing. @throws {InvalidToken} */
  async addressOf(ctx: StrategyContext<U>, token: string): Promise<string> {
    return addressIn(await ctx.tokens.read(MAILED_SECRET, token));
  }

  /** @throws {InvalidToken} the same, whatever is wrong with the link */
  async signIn(ctx: StrategyContext<U>, token: string): Promise<Proof<U>> {
    const held = await ctx.tokens.read(MAILED_SECRET, token);
    const address = addressIn(held);
    const account = await ctx.accounts.findByIdentity(this.options.identityField, address);
    return this.#links.prove(ctx, { address, account, held, token });
  }
}
