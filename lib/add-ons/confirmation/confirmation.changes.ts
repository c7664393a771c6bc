import { textOf } from '../../resources/index.js';
import type { StrategyContext, UserChange } from '../../strategy/index.js';
import type { ConfirmationLinks } from './confirmation.links.js';
import type { ResolvedConfirmationOptions } from './confirmation.options.js';
import { confirmedAtOf, isGiven } from './confirmed.js';

/** Has new addresses confirmed: those of new accounts afterwards, those of others before they count. */
export class ConfirmedChanges<U extends object> {
  constructor(
    private readonly options: Pick<ResolvedConfirmationOptions, 'monitorFields'>,
    private readonly links: ConfirmationLinks<U>,
  ) {}

  changing(ctx: StrategyContext<U>, change: UserChange<U>): void {
    for (const field of this.options.monitorFields) {
      const comesConfirmed = isGiven(change.values[confirmedAtOf(field)]);
      if (!Object.hasOwn(change.values, field) || comesConfirmed) continue;
      if (change.kind === 'create') this.#watch(ctx, change, field);
      else this.#withhold(ctx, change, field);
    }
  }

  #watch(ctx: StrategyContext<U>, { values, tx, onceWritten }: UserChange<U>, field: string): void {
    const to = values[field];
    if (isAddress(to)) onceWritten((account) => this.links.ask(ctx, account, field, { from: to, to }, tx));
  }

  #withhold(ctx: StrategyContext<U>, { before, values, tx, onceWritten }: UserChange<U>, field: string): void {
    const [from, to] = [textOf(before, field), values[field]];
    if (from === to) return;
    if (!isAddress(to)) {
      values[confirmedAtOf(field)] = null; // it is taken away, and nothing comes in its place
      return;
    }
    delete values[field];
    onceWritten((account) => this.links.askForOther(ctx, account, field, { from, to }, tx));
  }
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
