import type { OfferedFactor, Problem } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import type { SenderRef } from '../../senders/index.js';
import type { Phase, ResourceFacts, RoomColumn, Routes, Strategy, StrategyContext } from '../../strategy/index.js';
import { TotpActions } from './totp.actions.js';
import { findProblems } from './totp.check.js';
import { TotpEnrolment } from './totp.enrolment.js';
import type { ResolvedTotpOptions } from './totp.options.js';
import {
  confirmSetupPhase,
  disablePhase,
  pagePhase,
  setupPhase,
  signInAlonePhase,
  signInPhase,
  statusPhase,
  verifyPhase,
} from './totp.phases.js';
import { TotpRemoval } from './totp.removal.js';
import { dropSeeds, totpSeedsModel } from './totp.rows.js';

/** A second factor: codes of an authenticator app. */
export class TotpStrategy<U> implements Strategy<U> {
  readonly name: string;
  readonly phases: readonly Phase<U>[];
  readonly columns: Readonly<Record<string, RoomColumn>>;
  readonly routes: Routes;
  readonly senders: Readonly<Record<string, SenderRef<never>>>;
  readonly models = [totpSeedsModel];
  readonly forget = dropSeeds;
  readonly #actions: TotpActions<U>;

  constructor(private readonly options: ResolvedTotpOptions) {
    const { name, routes, notices, signInByCodeAlone } = options;
    const actions = new TotpActions<U>(options);
    const enrolment = new TotpEnrolment<U>(actions);
    this.#actions = actions;
    this.name = name;
    this.columns = signInByCodeAlone ? { [options.identityField]: identityColumn(options.identityField) } : {};
    this.routes = routes;
    this.senders = notices === undefined ? {} : { 'second-factor-changed': notices.sender };
    this.phases = [
      pagePhase(enrolment),
      statusPhase(enrolment),
      setupPhase(enrolment),
      confirmSetupPhase(enrolment),
      signInPhase(actions),
      ...(signInByCodeAlone ? [signInAlonePhase(actions)] : []),
      verifyPhase(actions),
      disablePhase(new TotpRemoval<U>(actions)),
    ];
  }

  readonly check = (resource: ResourceFacts): Promise<readonly Problem[]> => findProblems(this.options, resource);

  readonly factor = async (user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<OfferedFactor | null> => {
    if (!(await this.#isEnrolled(user, ctx, data))) return null;
    return { strategy: this.name, phase: 'sign-in', label: this.options.label };
  };

  /** A second step is no way in by itself. */
  readonly waysIn = async (user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<number> =>
    this.options.signInByCodeAlone && (await this.#isEnrolled(user, ctx, data)) ? 1 : 0;

  async #isEnrolled(user: U, ctx: StrategyContext<U>, data: DataLayer): Promise<boolean> {
    return (await this.#actions.findActive(ctx, ctx.accounts.subjectOf(user), data)) !== null;
  }
}

/** What a field of another name holds, the resource has to say: the rooms that write to it may have another notion. */
function identityColumn(field: string): RoomColumn {
  return { type: 'text', private: false, unique: true, kind: field === 'email' ? 'email' : undefined };
}
