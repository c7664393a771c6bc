import { AuthenticationFailed, LastFactor, type OfferedFactor, type OfferedPhase } from '../errors/index.js';
import type { DataLayer, Resource } from '../resources/index.js';
import type { Proof, Strategy } from '../strategy/index.js';
import type { Hooks } from './hooks.js';
import type { Operation } from './operation.js';

/** What is asked for after a first step. */
export interface Demand {
  readonly factors: readonly OfferedFactor[];
  /** In place of factors, where one is required and none enrolled. */
  readonly enrolments: readonly OfferedPhase[];
}

/** What {@link SecondFactors} works with. */
export interface SecondFactorsParts<U extends object> {
  readonly resource: Pick<Resource<U>, 'strategies'>;
  readonly hooks: Pick<Hooks<U>, 'factors' | 'secondFactor'>;
}

/** The resource's policy about second factors, applied to one user. */
export class SecondFactors<U extends object> {
  constructor(private readonly parts: SecondFactorsParts<U>) {}

  /**
   * @param provenBy the strategy whose proof it is: what was shown a moment ago is no second factor
   * @returns null where nothing more is asked for
   * @throws {AuthenticationFailed} where more is required, and nobody may be asked for it
   */
  async after(operation: Operation, proof: Proof<U>, provenBy: string | null, data: DataLayer): Promise<Demand | null> {
    if (proof.factors === 2) return null;
    const policy = await this.parts.hooks.secondFactor(proof.user);
    if (policy === 'off') return null;
    const enrolled = await this.parts.hooks.factors(operation, proof.user, data);
    const factors = enrolled.filter(({ strategy }) => strategy !== provenBy);
    if (policy === 'optional') return hasOne(factors) ? { factors, enrolments: [] } : null;
    if (!hasOne(enrolled)) return this.#enrolment(proof);
    // Whoever has one enrols no other instead.
    if (factors.length === 0) throw new AuthenticationFailed('no_other_factor');
    return { factors, enrolments: [] };
  }

  /** @throws {AuthenticationFailed} reason `nothing_enrolled` */
  async requireEnrolled(operation: Operation, user: U, tx: DataLayer): Promise<void> {
    if (!(await this.#hasEnrolled(operation, user, tx))) throw new AuthenticationFailed('nothing_enrolled');
  }

  /** @throws {LastFactor} where one is required and none is left */
  async requireLeft(operation: Operation, user: U, tx: DataLayer): Promise<void> {
    if ((await this.parts.hooks.secondFactor(user)) !== 'required') return;
    if (!(await this.#hasEnrolled(operation, user, tx))) throw new LastFactor();
  }

  /** Only the user, who has just shown something, enrols a factor: neither a browser that is known nor whoever acts for them. */
  #enrolment({ remembered, actor }: Proof<U>): Demand {
    if (remembered !== undefined || actor !== undefined) throw new AuthenticationFailed('not_enrolled');
    return { factors: [], enrolments: enrolmentsOf(this.parts.resource.strategies) };
  }

  async #hasEnrolled(operation: Operation, user: U, tx: DataLayer): Promise<boolean> {
    return hasOne(await this.parts.hooks.factors(operation, user, tx));
  }
}

/** Backups stand in for a factor, and are none. */
function hasOne(factors: readonly OfferedFactor[]): boolean {
  return factors.some(({ backup }) => backup !== true);
}

/** Every phase that enrols a factor, or is a step of that. */
export function enrolmentsOf<U>(strategies: readonly Strategy<U>[]): readonly OfferedPhase[] {
  return strategies.flatMap(({ name: strategy, phases }) =>
    phases.filter(({ enrols }) => enrols === true).map(({ name: phase }) => ({ strategy, phase })),
  );
}

/** Whether a phase is among those that somebody may go on with. */
export function isOffered(offered: readonly OfferedPhase[], [room, phase]: Operation['activity']): boolean {
  return offered.some((one) => one.strategy === room && one.phase === phase);
}
