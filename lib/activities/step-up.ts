import { FactorNotShown, type OfferedPhase } from '../errors/index.js';
import { enrolmentsOf, type Operation } from '../sessions/index.js';
import type { SignIn, Strategy } from '../strategy/index.js';
import type { ResourceRuntime } from './resource-runtime.js';

/** The phase by which somebody who is signed in shows again what a strategy checks, wherever one has it. */
const VERIFY = 'verify';

/** How somebody who is signed in can show more, or something once more. */
export interface WaysToStepUp {
  /** The phases that do. Empty where there is nothing but to sign in again. */
  readonly activities: readonly OfferedPhase[];
  /** Where a second factor is wanted and the user has none: the phases that enrol one. */
  readonly enrolments: readonly OfferedPhase[];
}

/** @param secondFactor whether it has to be a second factor */
export async function waysToStepUp<U extends object>(
  runtime: ResourceRuntime<U>,
  operation: Operation,
  user: U,
  secondFactor: boolean,
): Promise<WaysToStepUp> {
  const { hooks, resource } = runtime;
  const data = runtime.data(operation);
  const factors = await hooks.factors(operation, user, data);
  const ways = await hooks.waysIn(operation, user, data);
  const enrolled = new Set(factors.map(({ strategy }) => strategy));
  const canShow = ({ name, factor, waysIn }: Strategy<U>): boolean => {
    if (enrolled.has(name) || secondFactor) return enrolled.has(name);
    return waysIn === undefined ? factor === undefined : (ways.get(name) ?? 0) > 0;
  };
  const able = resource.strategies.filter((strategy) => verifies(strategy) && canShow(strategy));
  const hasNone = secondFactor && factors.every(({ backup }) => backup === true);
  return {
    activities: able.map(({ name }) => ({ strategy: name, phase: VERIFY })),
    enrolments: hasNone ? enrolmentsOf(resource.strategies) : [],
  };
}

/** Does what asks for a second factor that was just shown, without knowing by what this user can show one: the refusal says it. */
export async function sayingHow<U extends object, T>(
  runtime: ResourceRuntime<U>,
  operation: Operation,
  signIn: SignIn<U> | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FactorNotShown) || signIn === null) throw error;
    const { activities } = await waysToStepUp(runtime, operation, signIn.user, true);
    throw new FactorNotShown(activities);
  }
}

function verifies<U>({ phases, routes = {} }: Strategy<U>): boolean {
  const isThere = phases.some(({ name, actor }) => name === VERIFY && actor === 'user');
  return isThere && routes[VERIFY]?.enabled !== false;
}
