import { InvalidInput, InvalidToken, SignInRequired, UniqueViolation } from '../../errors/index.js';
import { textOf, type DataLayer, type Subject } from '../../resources/index.js';
import type { JsonObject, StrategyContext } from '../../strategy/index.js';
import type { ConfirmationLinks } from './confirmation.links.js';
import { warn, type Waiting } from './confirmation.messages.js';
import type { ResolvedConfirmationOptions } from './confirmation.options.js';
import { confirmedAtOf } from './confirmed.js';

/** What can be done with addresses, for whoever asks: no request in sight. */
export class ConfirmationActions<U extends object> {
  constructor(
    readonly options: ResolvedConfirmationOptions,
    private readonly links: ConfirmationLinks<U>,
  ) {}

  /**
   * Asks for another address of somebody who is signed in, or once more for the one that is not confirmed yet. Whether somebody else
   * has it makes no difference to whoever asks.
   *
   * @param to canonical
   * @throws {InvalidInput} `unchanged`
   */
  async change(ctx: StrategyContext<U>, subject: Subject, field: string, to: string): Promise<void> {
    const account = await ctx.accounts.find(subject);
    if (account === null) throw new SignInRequired('unknown_user');
    const isPresent = textOf(account.user, field) === to;
    if (isPresent && account.confirmed.has(field)) throw InvalidInput.of(field, 'unchanged', 'is your address already');
    await ctx.data.transaction(async (tx) => {
      const { subjectEpoch } = await ctx.accounts.requireStillSignedIn(tx);
      if (isPresent) await this.links.ask(ctx, { ...account, subjectEpoch }, field, { from: to, to }, tx);
      else await ctx.accounts.change(subject, { [field]: to }, tx);
    });
  }

  /** Sends another link to an address that is not confirmed, if an account has it. @param address canonical */
  async resend(ctx: StrategyContext<U>, field: string, address: string): Promise<void> {
    const account = ctx.accounts.isUnique(field) ? await ctx.accounts.findByIdentity(field, address) : null;
    if (account === null || account.confirmed.has(field)) return;
    await ctx.data.transaction((tx) => this.links.ask(ctx, account, field, { from: address, to: address }, tx));
  }

  /** What a link is about, for a page. Consumes nothing. @throws {InvalidToken} */
  async waiting(ctx: StrategyContext<U>, field: string, token: string): Promise<Waiting> {
    const { data } = await ctx.tokens.read(this.#purposeOf(field), token);
    return waitingIn(data);
  }

  /**
   * The address is the account's from now on. Signs nobody in. Where it is another one than before, every sign-in ends and every link
   * is void.
   *
   * @throws {InvalidToken} @throws {InvalidInput} `taken` where another account got the address meanwhile
   */
  async confirm(ctx: StrategyContext<U>, field: string, token: string): Promise<void> {
    await ctx.tokens.read(this.#purposeOf(field), token); // whoever has no token gets no transaction out of us
    await ctx.data
      .transaction((tx) => this.#confirm(ctx, field, token, tx))
      .catch((error: unknown) => {
        if (!(error instanceof UniqueViolation)) throw error;
        throw InvalidInput.of(field, 'taken', 'cannot be used for this account any more');
      });
  }

  async #confirm(ctx: StrategyContext<U>, field: string, token: string, tx: DataLayer): Promise<void> {
    const { subject, subjectEpoch, data } = await ctx.tokens.spend(this.#purposeOf(field), token, tx);
    const account = subject === null ? null : await ctx.accounts.find(subject, tx);
    if (account === null) throw new InvalidToken('unknown_user');
    const waiting = waitingIn(data);
    if (textOf(account.user, field) !== waiting.from) throw new InvalidToken('address_changed');
    const values = { [field]: waiting.to, [confirmedAtOf(field)]: ctx.clock.now() };
    await ctx.accounts.change(account.subject, values, tx, subjectEpoch);
    warn(ctx, 'email-changed', account.user, waiting, tx);
  }

  /** @throws {InvalidToken} */
  #purposeOf(field: string): string {
    if (this.options.monitorFields.includes(field)) return field;
    throw new InvalidToken('unknown_field');
  }
}

function waitingIn({ from, to }: JsonObject): Waiting {
  if (typeof from !== 'string' || typeof to !== 'string') throw new InvalidToken('unknown_data');
  return { from, to };
}
