import type { OfferedFactor, Problem } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import type { SenderRef } from '../../senders/index.js';
import type { Phase, ResourceFacts, Routes, Strategy, StrategyContext } from '../../strategy/index.js';
import { RecoveryCodeActions } from './recovery-code.actions.js';
import { findProblems } from './recovery-code.check.js';
import type { ResolvedRecoveryCodeOptions } from './recovery-code.options.js';
import { generatePhase, signInPhase, statusPhase, verifyPhase } from './recovery-code.phases.js';
import { dropCodes, recoveryCodesModel } from './recovery-code.rows.js';

/** Codes on paper, for whoever has lost their other factor. */
export class RecoveryCodeStrategy<U> implements Strategy<U> {
  readonly name: string;
  readonly phases: readonly Phase<U>[];
  readonly routes: Routes;
  readonly senders: Readonly<Record<string, SenderRef<never>>>;
  readonly models = [recoveryCodesModel];
  readonly forget = dropCodes;
  readonly #actions: RecoveryCodeActions<U>;

  constructor(private readonly options: ResolvedRecoveryCodeOptions) {
    const { name, routes, notices } = options;
    const actions = new RecoveryCodeActions<U>(options);
    this.#actions = actions;
    this.name = name;
    this.routes = routes;
    const sender = notices?.sender;
    this.senders = sender === undefined ? {} : { 'recovery-code-used': sender, 'second-factor-changed': sender };
    this.phases = [generatePhase(actions), statusPhase(actions), signInPhase(actions), verifyPhase(actions)];
  }

  readonly check = (resource: ResourceFacts): readonly Problem[] => findProblems(this.options, resource);

  /** Beside another factor only: by themselves they ask for no second step. */
  readonly factor = async (user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<OfferedFactor | null> => {
    if ((await this.#actions.countOf(ctx, user, data)) === 0) return null;
    return { strategy: this.name, phase: 'sign-in', label: this.options.label, backup: true };
  };
}
