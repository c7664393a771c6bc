import { textOf, type DataLayer } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import type { ResolvedRecoveryCodeOptions } from './recovery-code.options.js';

/** Tells the owner of codes, once `tx` has committed: whoever uses or makes some need not be them. */
export class RecoveryCodeNotice<U> {
  constructor(private readonly options: ResolvedRecoveryCodeOptions) {}

  used(ctx: StrategyContext<U>, user: U, codesLeft: number, tx: DataLayer): void {
    const to = this.#addressOf(user);
    if (to !== '') ctx.send({ purpose: 'recovery-code-used', to, user, codesLeft }, tx);
  }

  changed(ctx: StrategyContext<U>, user: U, change: 'added' | 'replaced', tx: DataLayer): void {
    const to = this.#addressOf(user);
    if (to !== '') ctx.send({ purpose: 'second-factor-changed', to, user, factor: this.options.label, change }, tx);
  }

  /** Empty where nobody is told. */
  #addressOf(user: U): string {
    const { notices } = this.options;
    return notices === undefined ? '' : textOf(user, notices.addressField);
  }
}
