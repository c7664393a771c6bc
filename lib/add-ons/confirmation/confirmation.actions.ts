import { InvalidInput, InvalidToken, SignInRequired, UniqueViolation } from '../../errors/index.js';
import { textOf, type DataLayer, type Subject } from '../../resources/index.js';
import type { LinkContents } from '../../senders/index.js';
import type { JsonObject, StrategyContext, UserChange, WrittenAccount } from '../../strategy/index.js';
import { askToConfirm, tellOwner, warn, type Waiting } from './confirmation.messages.js';
import type { ResolvedConfirmationOptions } from './confirmation.options.js';
import { confirmedAtOf, isGiven } from './confirmed.js';

/** What can be done with addresses, for whoever asks: no request in sight. */
export class ConfirmationActions<U extends object> {
  constructor(readonly options: ResolvedConfirmationOptions) {}

  /** Has new addresses confirmed: those of new accounts afterwards, those of others before they count. */
  changing(ctx: StrategyContext<U>, change: UserChange<U>): void {
    for (const field of this.options.monitorFields) {
      const comesConfirmed = isGiven(change.values[confirmedAtOf(field)]);
      if (!Object.hasOwn(change.values, field) || comesConfirmed) continue;
      if (change.kind === 'create') this.#watch(ctx, change, field);
      else this.#withhold(ctx, change, field);
    }
  }

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
      if (isPresent) await this.#ask(ctx, { ...account, subjectEpoch }, field, { from: to, to }, tx);
      else await ctx.accounts.change(subject, { [field]: to }, tx);
    });
  }

  /** Sends another link to an address that is not confirmed, if an account has it. @param address canonical */
  async resend(ctx: StrategyContext<U>, field: string, address: string): Promise<void> {
    const account = ctx.accounts.isUnique(field) ? await ctx.accounts.findByIdentity(field, address) : null;
    if (account === null || account.confirmed.has(field)) return;
    await ctx.data.transaction((tx) => this.#ask(ctx, account, field, { from: address, to: address }, tx));
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

  #watch(ctx: StrategyContext<U>, { values, tx, onceWritten }: UserChange<U>, field: string): void {
    const to = values[field];
    if (isAddress(to)) onceWritten((account) => this.#ask(ctx, account, field, { from: to, to }, tx));
  }

  #withhold(ctx: StrategyContext<U>, { before, values, tx, onceWritten }: UserChange<U>, field: string): void {
    const [from, to] = [textOf(before, field), values[field]];
    if (from === to) return;
    if (!isAddress(to)) {
      values[confirmedAtOf(field)] = null; // it is taken away, and nothing comes in its place
      return;
    }
    delete values[field];
    onceWritten((account) => this.#askForOther(ctx, account, field, { from, to }, tx));
  }

  /** The same work whether somebody has the address or not. */
  async #askForOther(
    ctx: StrategyContext<U>,
    account: WrittenAccount<U>,
    field: string,
    waiting: Waiting,
    tx: DataLayer,
  ): Promise<void> {
    const contents = await this.#issue(ctx, account, field, waiting, tx);
    const owner = ctx.accounts.isUnique(field) ? await ctx.accounts.findByIdentity(field, waiting.to, tx) : null;
    if (owner === null) askToConfirm(ctx, account, waiting.to, contents, tx);
    else tellOwner(ctx, owner.user, waiting.to, tx);
    warn(ctx, 'email-change-requested', account.user, waiting, tx);
  }

  async #ask(
    ctx: StrategyContext<U>,
    account: WrittenAccount<U>,
    field: string,
    waiting: Waiting,
    tx: DataLayer,
  ): Promise<void> {
    askToConfirm(ctx, account, waiting.to, await this.#issue(ctx, account, field, waiting, tx), tx);
  }

  /** Voids what was asked for before. */
  async #issue(
    ctx: StrategyContext<U>,
    { subject, subjectEpoch }: WrittenAccount<U>,
    field: string,
    waiting: Waiting,
    tx: DataLayer,
  ): Promise<LinkContents> {
    const { tokenLifetimeSeconds: lifetimeSeconds } = this.options;
    const about = { subject, subjectEpoch, lifetimeSeconds, data: { ...waiting } };
    const { token } = await ctx.tokens.issue(field, about, tx);
    return { link: ctx.links.to('page', { token, field }), lifetimeSeconds };
  }

  /** @throws {InvalidToken} */
  #purposeOf(field: string): string {
    if (this.options.monitorFields.includes(field)) return field;
    throw new InvalidToken('unknown_field');
  }
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function waitingIn({ from, to }: JsonObject): Waiting {
  if (typeof from !== 'string' || typeof to !== 'string') throw new InvalidToken('unknown_data');
  return { from, to };
}
