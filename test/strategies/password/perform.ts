import { NotFound } from '../../../lib/errors/index.js';
import type { Outcome, Phase, Proof, Strategy, StrategyContext } from '../../../lib/strategy/index.js';
import type { User } from './fake-world.js';

/** The phase of that name. @throws {NotFound} */
export function phaseOf(strategy: Strategy<User>, name: string): Phase<User> {
  const phase = strategy.phases.find((other) => other.name === name);
  if (phase === undefined) throw new NotFound();
  return phase;
}

/** Parses by the phase's fields, as the runner does, runs it, and lets a proof take effect, as the core does. */
export async function perform(
  strategy: Strategy<User>,
  phaseName: string,
  context: StrategyContext<User>,
  raw: Readonly<Record<string, unknown>>,
): Promise<Outcome<User>> {
  const phase = phaseOf(strategy, phaseName);
  const input: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(phase.fields)) input[name] = field.parse(name, raw[name]);
  const outcome = await phase.run(context, input);
  if (outcome.kind === 'proved') await context.data.transaction(async (tx) => outcome.proof.effect?.(tx));
  return outcome;
}

/** The proof in an outcome that must be one. */
export function proofOf(outcome: Outcome<User>): Proof<User> {
  if (outcome.kind !== 'proved') throw new Error(`expected a proof, got ${outcome.kind}`);
  return outcome.proof;
}

/** What was thrown, as the client may learn it and as the log does. */
export async function refusalOf(work: Promise<unknown>): Promise<{ code: unknown; reason: unknown; message: string }> {
  const error: unknown = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('something else than an error was thrown');
  return { code: Reflect.get(error, 'code'), reason: Reflect.get(error, 'reason'), message: error.message };
}
