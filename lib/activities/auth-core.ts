import { NotFound } from '../errors/index.js';
import type { Resource, Subject } from '../resources/index.js';
import type { Operation } from '../sessions/index.js';
import type { Activity, RawInput } from '../strategy/index.js';
import type { SiteFacts } from './cross-site.js';
import { ResourceRuntime } from './resource-runtime.js';
import type { Services } from './runtime-parts.js';
import type { Ending } from './activity-call.js';
import { ActivityRunner } from './run-activity.js';

/** One app's authentication at work: its resources, and the way to run an activity of one. */
export class AuthCore {
  readonly resources: ReadonlyMap<string, ResourceRuntime>;
  readonly #runners: ReadonlyMap<string, ActivityRunner<object>>;

  constructor(
    readonly services: Services,
    resources: readonly Resource[],
    site: SiteFacts,
  ) {
    const runtimes = resources.map((resource) => new ResourceRuntime(resource, services));
    this.resources = new Map(runtimes.map((runtime) => [runtime.resource.subjectName, runtime]));
    this.#runners = new Map(runtimes.map((one) => [one.resource.subjectName, new ActivityRunner(one, site)]));
  }

  /**
   * The resource of a name; without a name the only one.
   * @throws {TypeError} when there is no such resource, or a name is needed
   */
  resource(subjectName?: string): ResourceRuntime {
    const [first, ...others] = this.resources.values();
    const found = subjectName === undefined && others.length === 0 ? first : this.resources.get(subjectName ?? '');
    if (found !== undefined) return found;
    const known = [...this.resources.keys()].join(', ');
    throw new TypeError(`Expected the subject name of a resource (${known}), got ${subjectName ?? 'none'}`);
  }

  /**
   * @param method the HTTP method, or null for a call from code
   * @throws {AuthError} @throws {Outage}
   */
  async run(
    operation: Operation,
    subjectName: string,
    [roomName, phaseName]: Activity,
    input: RawInput,
    method: string | null,
  ): Promise<Ending<object>> {
    const room = this.resources.get(subjectName)?.rooms.get(roomName ?? '');
    const phase = room?.phases.find(({ name }) => name === phaseName);
    const runner = this.#runners.get(subjectName);
    if (room === undefined || phase === undefined || runner === undefined) throw new NotFound('unknown_activity');
    return runner.run(operation, { room, phase, input, method });
  }

  /** Forgets the guesses at an account's secrets, in every room. */
  async clearGuesses(operation: Operation, subjectName: string, subject: Subject): Promise<void> {
    await this.#runners.get(subjectName)?.clearGuesses(operation, subject);
  }
}
