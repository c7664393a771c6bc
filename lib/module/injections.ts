import type { ModuleRef } from '@nestjs/core';
import type { Problem } from '../errors/index.js';
import type { InjectedRef } from '../strategy/index.js';
import type { OtpApp } from './otp-app.js';
import { nameOf, provided, whyNot } from './provided.js';

/** Parts of the app that its rooms ask for. */
export class Injections {
  readonly #found = new Map<InjectedRef, unknown>();

  /** @returns what could not be found or made */
  async find({ resources }: OtpApp, modules: ModuleRef): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    for (const { where, ref } of resources.flatMap(wantedBy)) {
      const wrong = await this.#find(ref, modules);
      if (wrong !== null) problems.push({ where, ...wrong });
    }
    return problems;
  }

  /** @throws {Error} for what no room named: a bug in the room */
  get<P>(ref: InjectedRef<P>): P {
    if (!this.#found.has(ref)) throw new Error(`No room names ${nameOf(ref)} in \`injects\``);
    return this.#found.get(ref) as P; // what a container has under a token, its app alone knows
  }

  /** One for all who ask, as Nest has it: but for what is transient, which is each app's own. */
  async #find(ref: InjectedRef, modules: ModuleRef): Promise<Omit<Problem, 'where'> | null> {
    if (this.#found.has(ref)) return null;
    try {
      this.#found.set(ref, await provided(ref, modules));
      return null;
    } catch (error) {
      return whyNot(error);
    }
  }
}

function wantedBy({ subjectName, rooms }: OtpApp['resources'][number]) {
  return rooms.flatMap(({ name, injects = {} }) =>
    Object.entries(injects).flatMap(([option, refs]) =>
      refs.map((ref) => ({ where: `resources.${subjectName}.${name}.${option}`, ref })),
    ),
  );
}
